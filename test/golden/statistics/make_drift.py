"""Golden values of the two-sample Kolmogorov-Smirnov test with SciPy: python3 make_drift.py > drift.json

Written with SciPy 1.17.1. `exact` is ks_2samp(method='exact'); `asymptotic` is Kolmogorov's limit, kstwobign, at Stephens's argument; the
control charts are the worked examples of the NIST/SEMATECH e-Handbook, written out with NumPy."""
import json

import numpy as np
from scipy import stats

rng = np.random.default_rng(9)
samples = []
for m, n, shift, digits in ((5, 7, 0.0, 6), (30, 20, 0.8, 6), (100, 60, 0.3, 6), (40, 40, 0.0, 1), (900, 700, 0.1, 6), (12, 800, 1.0, 6)):
    first, second = rng.normal(size=m).round(digits), rng.normal(shift, size=n).round(digits)
    found = stats.ks_2samp(first, second, method='exact')
    samples.append(dict(first=first.tolist(), second=second.tolist(), distance=float(found.statistic), p=float(found.pvalue)))
tails = [dict(x=x, p=float(stats.kstwobign.sf(x))) for x in (0.1, 0.3, 0.5, 0.83, 0.99, 1.0, 1.36, 2.0, 3.5)]
large = []
for m, n, shift in ((3000, 2500, 0.05), (40000, 5000, 0.02)):
    first, second = rng.normal(size=m), rng.normal(shift, size=n)
    found = stats.ks_2samp(first, second, method='asymp')
    large.append(dict(m=m, n=n, distance=float(found.statistic), p=float(found.pvalue),
                      size=float(np.sqrt(m * n / (m + n)))))
# Section 6.3.2.2: flow rates; section 6.3.2.4: twenty points around 50 with sigma 2.0539.
flow = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
ewma_data = [52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
average, averages = float(np.mean(flow)), []
for value in flow:
    average = 0.2 * value + 0.8 * average
    averages.append(average)
print(json.dumps(dict(samples=samples, tails=tails, large=large, flow=flow, centre=float(np.mean(flow)),
                      range=float(np.abs(np.diff(flow)).mean()), averages=averages, ewma=ewma_data)))
