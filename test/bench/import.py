# A plain loop that only decodes DICOM files: python3 import.py FOLDER. Timed by import.ts, never used by tests.
# pydicom reads the structure and plain pixels, Pillow decompresses JPEG; nothing is hashed, kept or written.
import pathlib, sys
import pydicom
from pydicom.pixel_data_handlers import numpy_handler, pillow_handler

pydicom.config.pixel_data_handlers = [numpy_handler, pillow_handler]
samples = 0
for path in sorted(pathlib.Path(sys.argv[1]).rglob('*.dcm')):
    samples += pydicom.dcmread(path).pixel_array.size
print(samples)
