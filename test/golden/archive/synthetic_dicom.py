# Makes dicom/*.dcm, tiny synthetic images (no picture of anybody) in every transfer syntax and pixel layout that is
# read, and dicom/expected.json: SHA-256 of their pixels as Debian's pydicom, gdcm or dcmtk decode them.
# Run: /usr/bin/python3 synthetic_dicom.py   (needs dcmtk, gdcm tools; HTJ2K: `node encode.mjs` of OpenJPH in /tmp/ojph)
import glob, io, json, os, subprocess, sys, tempfile, warnings
import numpy as np
import pydicom
import pydicom._uid_dict
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian,
                         ImplicitVRLittleEndian)

warnings.simplefilter('ignore')
HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, 'dicom')
sys.argv = ['dicom_edge.py', os.devnull]
source = open(os.path.join(HERE, 'dicom_edge.py')).read().split('hashes = {}')[0]
exec(source)
random = np.random.RandomState(7)
# Newer than this pydicom.
for uid in ('1.2.840.10008.1.2.4.201', '1.2.840.10008.1.2.4.203', '1.2.840.10008.1.2.8.1'):
    pydicom._uid_dict.UID_dictionary[uid] = ('new', 'Transfer Syntax', '', '', '')
W, H = 20, 14
y, x = np.mgrid[0:H, 0:W]
grey12 = (np.clip(2000 + 90 * x - 60 * y + 400 * np.sin(x / 3) + random.normal(0, 20, (H, W)), 0, 4095)).astype(np.uint16)
grey8 = (grey12 >> 4).astype(np.uint8)
rgb = np.stack([grey8, 255 - grey8, (grey8.astype(int) * 3 % 256).astype(np.uint8)], -1)


def dataset(array, photometric='MONOCHROME2', stored=None, signed=0, syntax=ExplicitVRLittleEndian, **extra):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = '1.2.840.10008.5.1.4.1.1.7'
    meta.MediaStorageSOPInstanceUID = '2.25.1'
    meta.TransferSyntaxUID = syntax
    meta.ImplementationClassUID = '2.25.2'
    d = FileDataset('', {}, file_meta=meta, preamble=b'\0' * 128)
    d.is_little_endian = syntax != ExplicitVRBigEndian
    d.is_implicit_VR = syntax == ImplicitVRLittleEndian
    d.SOPClassUID, d.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    d.Modality, d.PatientID, d.PatientName = 'OT', 'PHANTOM-1', 'Phantom^Test'
    d.StudyInstanceUID, d.SeriesInstanceUID, d.InstanceNumber = '2.25.3', '2.25.4', 1
    frames = 1
    colour = photometric == 'RGB' or photometric.startswith('YBR')
    if array.ndim == (4 if colour else 3):
        frames = array.shape[0]
        d.NumberOfFrames = frames
    height, width = array.shape[-3:-1] if colour else array.shape[-2:]
    d.Rows, d.Columns = height, width
    d.SamplesPerPixel = 3 if colour else 1
    d.PhotometricInterpretation = photometric
    if colour:
        d.PlanarConfiguration = 0
    if array.dtype.kind == 'f':
        d.BitsAllocated = array.dtype.itemsize * 8
        name = {4: 'FloatPixelData', 8: 'DoubleFloatPixelData'}[array.dtype.itemsize]
        setattr(d, name, array.astype(array.dtype.newbyteorder('<')).tobytes())
    else:
        allocated = array.dtype.itemsize * 8
        d.BitsAllocated, d.BitsStored = allocated, stored or allocated
        d.HighBit, d.PixelRepresentation = d.BitsStored - 1, signed
        order = '<' if d.is_little_endian else '>'
        data = array.astype(array.dtype.newbyteorder(order)).tobytes()
        d.PixelData = data + b'\0' * (len(data) % 2)
        d['PixelData'].VR = 'OB' if allocated == 8 else 'OW'
    for name, value in extra.items():
        setattr(d, name, value)
    return d


def save(d, name):
    d.save_as(os.path.join(OUT, name + '.dcm'), write_like_original=False)


def convert(name, *command):
    """Runs a tool on a file; {i} and {o} are its input and output."""
    source_name, target = name
    paths = dict(i=os.path.join(OUT, source_name + '.dcm'), o=os.path.join(OUT, target + '.dcm'))
    subprocess.run([part.format(**paths) for part in command], check=True, stdout=subprocess.DEVNULL)


def encapsulated(d, frames, syntax, name, **changes):
    d = pydicom.dcmread(io.BytesIO(bytes_of(d)))
    d.file_meta.TransferSyntaxUID = syntax
    d.PixelData = encapsulate(frames, has_bot=len(frames) > 1)
    d['PixelData'].VR = 'OB'
    d['PixelData'].is_undefined_length = True
    for key, value in changes.items():
        setattr(d, key, value)
    save(d, name)


def bytes_of(d):
    out = io.BytesIO()
    d.save_as(out, write_like_original=False)
    return out.getvalue()


def item(**values):
    d = Dataset()
    for key, value in values.items():
        setattr(d, key, value)
    return d


os.makedirs(OUT, exist_ok=True)
for old in glob.glob(OUT + '/*.dcm'):
    os.remove(old)
base12 = dataset(grey12, stored=12)
base8, base_rgb = dataset(grey8), dataset(rgb, 'RGB')
save(base12, 'explicit-12')
save(base8, 'explicit-8')
save(base_rgb, 'explicit-rgb')
save(dataset(grey12, stored=12, syntax=ImplicitVRLittleEndian), 'implicit-12')
save(dataset(grey12, stored=12, syntax=ExplicitVRBigEndian), 'big-endian-12')
save(dataset(grey12, stored=12, syntax=DeflatedExplicitVRLittleEndian), 'deflated-12')
# A stored bit above Bits Stored (an old overlay) must not show.
save(dataset(grey12 | 0x8000, stored=12), 'explicit-12-high-bit')
signed = (grey12.astype(np.int16) - 2048)
save(dataset(signed & 0xfff, stored=12, signed=1), 'explicit-12-signed')
save(dataset((grey8.astype(np.int16) - 128).astype(np.int8), signed=1), 'explicit-8-signed')
save(dataset(grey12, 'MONOCHROME1', stored=12, WindowCenter=['2000', '1500'], WindowWidth=['1000', '300']), 'monochrome1-window')
save(dataset(grey12.astype(np.uint32) * 1000, RescaleSlope='0.001', RescaleIntercept='-5'), 'explicit-32')
save(dataset(grey12.astype(np.float32) / 7), 'float')
save(dataset(grey12.astype(np.float64) / 7), 'double')
planar = dataset(rgb, 'RGB')
planar.PlanarConfiguration, planar.PixelData = 1, rgb.transpose(2, 0, 1).tobytes()
save(planar, 'rgb-planar')
save(dataset(rgb, 'YBR_FULL'), 'ybr-full')
pairs = rgb.reshape(H, W // 2, 2, 3)
ybr422 = dataset(rgb, 'YBR_FULL_422')
ybr422.PixelData = np.stack([pairs[:, :, 0, 0], pairs[:, :, 1, 0], pairs[:, :, 0, 1], pairs[:, :, 0, 2]], -1).tobytes()
save(ybr422, 'ybr-full-422')
palette = dataset(grey8 >> 2, 'PALETTE COLOR')
for index, colour in enumerate(('Red', 'Green', 'Blue')):
    setattr(palette, colour + 'PaletteColorLookupTableDescriptor', [64, 0, 16])
    table = ((np.arange(64) * (index + 1) * 1021) % 65536).astype('<u2')
    setattr(palette, colour + 'PaletteColorLookupTableData', table.tobytes())
save(palette, 'palette-16')
bits = (np.stack([grey12, grey12.T.reshape(H, W), grey12[::-1]]) > 2500).astype(np.uint8)
one = dataset(bits)
one.BitsAllocated = one.BitsStored = 1
one.HighBit = 0
packed = np.packbits(bits.ravel(), bitorder='little').tobytes()
one.PixelData = packed + b'\0' * (len(packed) % 2)
save(one, 'one-bit-3-frames')
two = dataset(np.stack([grey12, grey12[::-1]]), stored=12)
save(two, 'two-frames')
lut = dataset(grey8 >> 2)
lut.ModalityLUTSequence = Sequence([item(LUTDescriptor=[64, 0, 16], ModalityLUTType='US', LUTData=(np.arange(64) ** 2).astype('<u2').tobytes())])
lut.VOILUTSequence = Sequence([item(LUTDescriptor=[4096, 0, 8], LUTExplanation='STEEP', LUTData=(255 * (np.arange(4096) / 4095) ** 2).astype('<u2').tobytes())])
lut.ModalityLUTSequence[0]['LUTData'].VR = lut.VOILUTSequence[0]['LUTData'].VR = 'OW'
save(lut, 'lookup-tables')
over = dataset(grey8)
over.add_new(0x60000010, 'US', H)
over.add_new(0x60000011, 'US', W)
over.add_new(0x60000040, 'CS', 'G')
over.add_new(0x60000050, 'SS', [1, 1])
over.add_new(0x60000100, 'US', 1)
over.add_new(0x60000102, 'US', 0)
mask = np.packbits((x > y).astype(np.uint8).ravel(), bitorder='little').tobytes()
over.add_new(0x60003000, 'OW', mask + b'\0' * (len(mask) % 2))
save(over, 'overlay')
enhanced = dataset(np.stack([grey12, grey12[::-1]]), stored=12)
enhanced.SharedFunctionalGroupsSequence = Sequence([item(
    PixelMeasuresSequence=Sequence([item(PixelSpacing=[0.5, 0.25], SliceThickness='2')]),
    PlaneOrientationSequence=Sequence([item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])]))])
enhanced.PerFrameFunctionalGroupsSequence = Sequence([item(
    PlanePositionSequence=Sequence([item(ImagePositionPatient=[-10, -20, 30 + 2 * index])]),
    FrameVOILUTSequence=Sequence([item(WindowCenter=str(40 + index), WindowWidth='400')]),
    PixelValueTransformationSequence=Sequence([item(RescaleSlope='2', RescaleIntercept=str(-1000 - index), RescaleType='HU')]))
    for index in range(2)])
save(enhanced, 'enhanced')
text = dataset(grey8)
text.SpecificCharacterSet = ['', 'ISO 2022 IR 87']
text.add_new(0x00100020, 'LO', b'\x1b$B;3ED\x1b(B-7')
save(text, 'iso-2022-patient-id')
for option, name in (('+e1', 'jpeg-lossless-70'), ('+el', 'jpeg-lossless-57'), ('+ee', 'jpeg-extended-51'),
                     ('+es', 'jpeg-spectral-53'), ('+ep', 'jpeg-progressive-55')):
    quality = [] if option in ('+e1', '+el') else ['+q', '90', '+ba' if option == '+eb' else '+bt']
    convert(('explicit-12', name), 'dcmcjpeg', option, *quality, '{i}', '{o}')
for selection in range(2, 8):
    convert(('explicit-12', f'jpeg-lossless-57-predictor-{selection}'), 'dcmcjpeg', '+el', '+sv', str(selection), '{i}', '{o}')
convert(('explicit-8', 'jpeg-baseline-50'), 'dcmcjpeg', '+eb', '+q', '90', '{i}', '{o}')
convert(('explicit-rgb', 'jpeg-baseline-ybr'), 'dcmcjpeg', '+eb', '+q', '90', '{i}', '{o}')
convert(('explicit-rgb', 'jpeg-baseline-ybr-420'), 'dcmcjpeg', '+eb', '+s2', '+q', '90', '{i}', '{o}')
convert(('explicit-rgb', 'jpeg-lossless-rgb'), 'dcmcjpeg', '+e1', '{i}', '{o}')
convert(('explicit-12', 'jpeg-ls-80'), 'dcmcjpls', '+el', '{i}', '{o}')
convert(('explicit-12', 'jpeg-ls-81'), 'dcmcjpls', '+en', '+md', '3', '{i}', '{o}')
convert(('explicit-rgb', 'jpeg-ls-rgb'), 'dcmcjpls', '+el', '{i}', '{o}')
convert(('two-frames', 'jpeg-ls-2-frames-fragments'), 'dcmcjpls', '+el', '+fs', '1', '-ot', '{i}', '{o}')
convert(('explicit-12', 'rle'), 'dcmcrle', '{i}', '{o}')
convert(('explicit-rgb', 'rle-rgb'), 'dcmcrle', '{i}', '{o}')
convert(('explicit-12', 'jpeg-2000-90'), 'gdcmconv', '--j2k', '{i}', '{o}')
convert(('explicit-rgb', 'jpeg-2000-90-rgb'), 'gdcmconv', '--j2k', '{i}', '{o}')
convert(('explicit-12-signed', 'jpeg-2000-90-signed'), 'gdcmconv', '--j2k', '{i}', '{o}')
convert(('explicit-8-signed', 'jpeg-2000-90-signed-8'), 'gdcmconv', '--j2k', '{i}', '{o}')


def htj2k(array, bits, components, reversible):
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + '/in', 'wb') as file:
            file.write(array.tobytes())
        subprocess.run(['/work/main/node_modules/.bin/node', '/tmp/ojph/encode.mjs', folder + '/in', str(W), str(H), str(bits),
                        '0', str(components), str(reversible), folder + '/out'], check=True, cwd='/tmp/ojph')
        return open(folder + '/out', 'rb').read()


with tempfile.TemporaryDirectory() as folder:
    grey12.tofile(folder + '/in.rawl')
    subprocess.run(['opj_compress', '-i', folder + '/in.rawl', '-o', folder + '/out.j2k', '-F', f'{W},{H},1,12,u', '-n', '3',
                    '-r', '3', '-I'], check=True, stdout=subprocess.DEVNULL)
    with open(folder + '/out.j2k', 'rb') as file:
        lossy = file.read()
encapsulated(base12, [lossy + b'\0' * (len(lossy) % 2)], '1.2.840.10008.1.2.4.91', 'jpeg-2000-91')
encapsulated(base12, [htj2k(grey12, 12, 1, 1)], '1.2.840.10008.1.2.4.201', 'htj2k-201')
encapsulated(base_rgb, [htj2k(rgb, 8, 3, 0)], '1.2.840.10008.1.2.4.203', 'htj2k-203-rgb')
deflate = __import__('zlib').compressobj(9, 8, -15)
frame = deflate.compress(grey12.tobytes()) + deflate.flush()
encapsulated(base12, [frame + b'\0' * (len(frame) % 2)], '1.2.840.10008.1.2.8.1', 'deflated-frame')
expected = {}
for path in sorted(glob.glob(OUT + '/*.dcm')):
    data = open(path, 'rb').read()
    found = {read.__name__[3:]: attempt(read, data) for read in (by_pydicom, by_gdcm, by_libjpeg, by_openjpeg, by_dcmtk)}
    expected[os.path.basename(path)[:-4]] = {key: value for key, value in found.items() if value}
# Lossless, but in a syntax newer than the programs.
expected['deflated-frame'] = {'pydicom': expected['explicit-12']['pydicom']}
with open(OUT + '/expected.json', 'w') as out:
    json.dump(expected, out, indent=1, sort_keys=True)
    out.write('\n')
for name, found in expected.items():
    if len(set(found.values())) != 1:
        print(name, found)

# A directory of two files, one of which will be missing.
meta = FileMetaDataset()
meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, '1.2.840.10008.1.3.10'
meta.MediaStorageSOPInstanceUID, meta.ImplementationClassUID = '2.25.9', '2.25.2'
index = FileDataset('', {}, file_meta=meta, preamble=b'\0' * 128)
index.is_little_endian, index.is_implicit_VR = True, False
index.FileSetID = 'PHANTOMS'
index.DirectoryRecordSequence = Sequence([item(DirectoryRecordType='PATIENT', PatientID='PHANTOM-1')] + [
    item(DirectoryRecordType='IMAGE', ReferencedFileID=['IMAGES', name]) for name in ('ONE', 'TWO')])
index.save_as(os.path.join(OUT, 'DICOMDIR'), write_like_original=False)
