# Makes dicom-edge.json: SHA-256 of the decoded pixels of every file of shared/data/dicom-edge.zip that Debian's
# python3-pydicom 2.3 (with its gdcm, Pillow and numpy handlers) or python3-gdcm 3.0 can read.
# Run: /usr/bin/python3 dicom_edge.py PATH/dicom-edge.zip
# What is hashed: all frames, every sample as little-endian float64, [frame, row, column, channel], after masking to
# Bits Stored and sign extension, palettes and YBR resolved to RGB; before any rescale.
import hashlib, io, json, os, signal, subprocess, sys, tempfile, warnings, zipfile
import gdcm
import numpy as np
import pydicom
import pydicom.encaps
from PIL import Image
from pydicom.pixel_data_handlers.util import apply_color_lut, convert_color_space

warnings.simplefilter('ignore')
gdcm.Trace.WarningOff()
gdcm.Trace.ErrorOff()


def digest(array):
    return hashlib.sha256(np.ascontiguousarray(array, '<f8').tobytes()).hexdigest()


def stored_bits(array, dataset):
    """Masks to Bits Stored at High Bit, extends the sign."""
    if array.dtype.kind == 'f' or dataset.BitsAllocated == 1:
        return array
    allocated = array.dtype.itemsize * 8
    stored = int(dataset.BitsStored)
    if stored >= allocated:
        return array
    values = array.astype(np.int64) & ((1 << allocated) - 1)
    values = (values >> (int(dataset.HighBit) + 1 - stored)) & ((1 << stored) - 1)
    if dataset.PixelRepresentation == 1:
        values = np.where(values >= 1 << (stored - 1), values - (1 << stored), values)
    return values


def by_pydicom(data):
    dataset = pydicom.dcmread(io.BytesIO(data))
    raw = dataset.pixel_array
    photometric = dataset.PhotometricInterpretation
    if photometric == 'PALETTE COLOR':
        return apply_color_lut(stored_bits(raw, dataset), dataset)
    if photometric in ('YBR_FULL', 'YBR_FULL_422'):
        return convert_color_space(raw, photometric, 'RGB', per_frame=False)
    return stored_bits(raw, dataset)


TYPES = {gdcm.PixelFormat.UINT8: 'u1', gdcm.PixelFormat.INT8: 'i1', gdcm.PixelFormat.UINT12: 'u2',
         gdcm.PixelFormat.INT12: 'i2', gdcm.PixelFormat.UINT16: 'u2', gdcm.PixelFormat.INT16: 'i2',
         gdcm.PixelFormat.UINT32: 'u4', gdcm.PixelFormat.INT32: 'i4', gdcm.PixelFormat.FLOAT32: 'f4',
         gdcm.PixelFormat.FLOAT64: 'f8'}


def by_gdcm(data):
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        reader = gdcm.ImageReader()
        reader.SetFileName(file.name)
        if not reader.Read():
            raise ValueError('gdcm cannot read it')
        image = reader.GetImage()
        if image.GetPhotometricInterpretation().GetType() == gdcm.PhotometricInterpretation.PALETTE_COLOR:
            lut = gdcm.ImageApplyLookupTable()
            lut.SetInput(image)
            if not lut.Apply():
                raise ValueError('gdcm cannot apply the palette')
            image = lut.GetOutput()
        if str(image.GetPhotometricInterpretation()).startswith('YBR'):
            change = gdcm.ImageChangePhotometricInterpretation()
            change.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(gdcm.PhotometricInterpretation.RGB))
            change.SetInput(image)
            if not change.Change():
                raise ValueError('gdcm cannot change the colours')
            image = change.GetOutput()
        planar = gdcm.ImageChangePlanarConfiguration()
        planar.SetPlanarConfiguration(0)
        planar.SetInput(image)
        if image.GetPixelFormat().GetSamplesPerPixel() == 3 and planar.Change():
            image = planar.GetOutput()
        kind = TYPES[image.GetPixelFormat().GetScalarType()]
        raw = image.GetBuffer()
        array = np.frombuffer(raw.encode('utf-8', 'surrogateescape'), kind)
        dataset = pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True)
        size = dataset.Rows * dataset.Columns * int(dataset.get('NumberOfFrames', 1) or 1)
        channels = image.GetPixelFormat().GetSamplesPerPixel()
        if array.size != size * channels:
            raise ValueError('gdcm gives another size')
        return array if channels == 3 else stored_bits(array, dataset)


def frames_of(data):
    dataset = pydicom.dcmread(io.BytesIO(data))
    count = int(dataset.get('NumberOfFrames', 1) or 1)
    return dataset, pydicom.encaps.generate_pixel_data_frame(dataset.PixelData, count)


def by_libjpeg(data):
    """8-bit JPEG in YBR: libjpeg's own conversion to RGB, which rounds once where pydicom rounds twice."""
    dataset, frames = frames_of(data)
    if dataset.file_meta.TransferSyntaxUID != '1.2.840.10008.1.2.4.50' or dataset.SamplesPerPixel != 3:
        raise ValueError('not JPEG baseline in colour')
    if not dataset.PhotometricInterpretation.startswith('YBR'):
        raise ValueError('not YBR')
    return np.stack([np.asarray(Image.open(io.BytesIO(frame)).convert('RGB')) for frame in frames])


def by_openjpeg(data):
    """High-throughput JPEG 2000 through opj_decompress 2.5 (Debian libopenjp2-tools)."""
    dataset, frames = frames_of(data)
    if not dataset.file_meta.TransferSyntaxUID.startswith('1.2.840.10008.1.2.4.20'):
        raise ValueError('not HTJ2K')
    images = []
    with tempfile.TemporaryDirectory() as folder:
        for frame in frames:
            with open(folder + '/in.j2k', 'wb') as file:
                file.write(frame)
            command = ['opj_decompress', '-i', folder + '/in.j2k', '-o', folder + '/out.rawl']
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            planes = np.fromfile(folder + '/out.rawl', f'<u{dataset.BitsAllocated // 8}')
            images.append(planes.reshape(dataset.SamplesPerPixel, dataset.Rows, dataset.Columns).transpose(1, 2, 0))
    return np.stack(images)


def by_dcmtk(data):
    """
    JPEG-LS through dcmdjpls (Debian dcmtk): its word counts alone. Debian's CharLS, which pydicom and gdcm use, reads
    fragmented frames past their end: it gives zeros or, at random from one process to the next, a few other pixels.
    """
    dataset, _ = frames_of(data)
    if not dataset.file_meta.TransferSyntaxUID.startswith('1.2.840.10008.1.2.4.8'):
        raise ValueError('not JPEG-LS')
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + '/in.dcm', 'wb') as file:
            file.write(data)
        subprocess.run(['dcmdjpls', folder + '/in.dcm', folder + '/out.dcm'], check=True)
        with open(folder + '/out.dcm', 'rb') as file:
            return by_pydicom(file.read())


def attempt(read, data):
    """The digest, or None; None as well when a second reading differs: gdcm fills what it cannot decode at random."""
    first = attempt_once(read, data)
    return first if first is not None and first == attempt_once(read, data) else None


def attempt_once(read, data):
    """In a process of its own: gdcm ends its process on some of these files."""
    inlet, outlet = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        try:
            os.write(outlet, digest(read(data)).encode())
        except Exception as error:
            if '--why' in sys.argv:
                print('  ', read.__name__, type(error).__name__, str(error)[:150], flush=True)
        os._exit(0)
    os.close(outlet)
    with os.fdopen(inlet) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text or None


hashes = {}
with zipfile.ZipFile(sys.argv[1]) as archive:
    for name in sorted(archive.namelist()):
        data = archive.read(name)
        if data[128:132] != b'DICM':
            continue
        if '--why' in sys.argv:
            print(name, flush=True)
        found = {read.__name__[3:]: attempt(read, data) for read in (by_pydicom, by_gdcm, by_libjpeg, by_openjpeg, by_dcmtk)}
        if found['dcmtk']:
            found = {key: value for key, value in found.items() if value == found['dcmtk']}
        if any(found.values()):
            hashes[name] = {key: value for key, value in found.items() if value}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'dicom-edge.json'), 'w') as out:
    json.dump(hashes, out, indent=1, sort_keys=True)
    out.write('\n')
