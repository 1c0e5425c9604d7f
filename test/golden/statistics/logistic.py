"""Golden values of logistic regression with scikit-learn: /usr/bin/python3 logistic.py > logistic.json"""
import json

import numpy as np
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(3)
cases = []
for rows, columns, c, balanced in ((40, 5, 0.02, True), (60, 3, 10.0, False), (30, 12, 1.0, True)):
    x = rng.normal(size=(rows, columns)).round(4)
    y = (x[:, 0] + 0.5 * x[:, 1] + rng.normal(size=rows) > 0.6).astype(int)
    model = LogisticRegression(C=c, class_weight='balanced' if balanced else None, tol=1e-12, max_iter=10000).fit(x, y)
    cases.append(dict(rows=rows, columns=columns, c=c, balanced=balanced, x=x.ravel().tolist(), y=y.tolist(),
                      weights=model.coef_[0].tolist(), intercept=float(model.intercept_[0])))
print(json.dumps(cases))
