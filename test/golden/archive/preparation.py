# Makes preparation/: tiny volumes and what nibabel, numpy and Pillow make of them; expected.json holds the numbers.
# Run: /usr/bin/python3 preparation.py
import json, os
import nibabel as nib
import numpy as np
import pydicom
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, 'preparation')
os.makedirs(OUT + '/series', exist_ok=True)
random = np.random.RandomState(3)
stored = random.randint(-40, 60, (5, 6, 4)).astype(np.int16)
affine = np.array([[-2., 0.3, 0, 10], [0.3, 2, 0, -20], [0, 0, 3, 5], [0, 0, 0, 1]])


def write(name, kind, data, slope=None, inter=None, big=False):
    image = kind(data, affine)
    header = image.header
    if big:
        header = header.as_byteswapped('>')
        image = kind(data, affine, header)
        header = image.header
    if slope is not None:
        header.set_slope_inter(slope, inter)
    with open(os.path.join(OUT, name), 'wb') as file:
        image.header.set_sform(affine, 2)
        image.header['magic'] = b'n+1' if kind is nib.Nifti1Image else b'n+2'
        image.header['vox_offset'] = 352 if kind is nib.Nifti1Image else 544
        image.header.write_to(file)
        file.write(b'\0' * 4)
        file.write(np.asarray(data).astype(image.header.get_data_dtype()).tobytes('F'))
    return nib.load(os.path.join(OUT, name))


expected = {}
scaled = write('scaled.nii', nib.Nifti1Image, stored, 2, -10)
write('big-endian.nii', nib.Nifti1Image, stored, 2, -10, big=True)
write('nifti2.nii', nib.Nifti2Image, stored.astype(np.float64) / 3)
mask = np.zeros(stored.shape, np.uint8)
mask[2, 3, 1] = mask[0, 0, 3] = 1
nib.save(nib.Nifti1Image(mask, affine), os.path.join(OUT, 'mask.nii'))
for name in ('scaled', 'big-endian', 'nifti2'):
    image = nib.load(os.path.join(OUT, name + '.nii'))
    values = image.get_fdata()
    entry = expected[name] = dict(values=values.ravel('F').tolist(), windowed=np.clip(values, -30, 50).ravel('F').tolist())
    part = image.slicer[:, :, 1:2]
    entry['slice2'] = dict(values=part.get_fdata().ravel('F').tolist(), affine=part.affine[:3].tolist())
    part = image.slicer[3:4]
    entry['slice0'] = dict(values=part.get_fdata().ravel('F').tolist(), affine=part.affine[:3][:, [1, 2, 0, 3]].tolist())
    plane = values[:, :, 1]
    turned = np.flip(np.rot90(np.rot90(np.rot90(plane))), axis=1)
    span = turned.max() - turned.min()
    levels = ((turned - turned.min()) / span * 255).astype(np.uint8)
    entry['png'] = dict(size=levels.shape[::-1], levels=levels.ravel().tolist())

# Axial and coronal series of one phantom; axial slices in shuffled order of instance numbers.
volume = random.randint(0, 1000, (4, 6, 5)).astype(np.int16)
meta = pydicom.dataset.FileMetaDataset()
meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
meta.MediaStorageSOPClassUID = '1.2.840.10008.5.1.4.1.1.2'


def dicom(name, pixels, number, uid, orientation, position, slope=1, inter=-1000):
    meta.MediaStorageSOPInstanceUID = f'2.25.{uid}{number}'
    d = pydicom.dataset.FileDataset('', {}, file_meta=meta, preamble=b'\0' * 128)
    d.is_little_endian, d.is_implicit_VR = True, False
    d.SOPClassUID, d.SOPInstanceUID, d.Modality = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID, 'CT'
    d.SeriesInstanceUID, d.InstanceNumber = f'2.25.{uid}', number
    d.Rows, d.Columns, d.SamplesPerPixel, d.PhotometricInterpretation = *pixels.shape, 1, 'MONOCHROME2'
    d.BitsAllocated = d.BitsStored = 16
    d.HighBit, d.PixelRepresentation = 15, 1
    d.PixelSpacing, d.SliceThickness = [1.5, 0.5], 2
    d.ImageOrientationPatient, d.ImagePositionPatient = orientation, [float(v) for v in position]
    d.RescaleSlope, d.RescaleIntercept = slope, inter
    d.PixelData = pixels.tobytes()
    d.save_as(os.path.join(OUT, 'series', name), write_like_original=False)


for index in range(4):
    dicom(f'a{(index * 3) % 4}.dcm', volume[index], 9 - index, 1, [1, 0, 0, 0, 1, 0], [-10, -20, 30 + 2 * index])
for index in range(3):
    dicom(f'b{index}.dcm', volume[index], index, 2, [1, 0, 0, 0, 0, -1], [-10, -20 + 2.5 * index + (index == 2) * 2.5, 30])
ras = np.array([[-0.5, 0, 0, 10], [0, -1.5, 0, 20], [0, 0, 2, 30], [0, 0, 0, 1]])
image = nib.Nifti1Image((volume.transpose(2, 1, 0) - 1000).astype(np.int16), ras)
to_las = nib.orientations.ornt_transform(nib.io_orientation(ras), nib.orientations.axcodes2ornt('LAS'))
las = image.as_reoriented(to_las)
expected['axial'] = dict(values=las.get_fdata().ravel('F').tolist(), shape=las.shape, affine=las.affine[:3].tolist())
ras = np.array([[-0.5, 0, 0, 10], [0, 0, -3.75, 20], [0, -1.5, 0, 30], [0, 0, 0, 1]])
image = nib.Nifti1Image((volume[:3].transpose(2, 1, 0) - 1000).astype(np.int16), ras)
to_las = nib.orientations.ornt_transform(nib.io_orientation(ras), nib.orientations.axcodes2ornt('LAS'))
las = image.as_reoriented(to_las)
expected['coronal'] = dict(values=las.get_fdata().ravel('F').tolist(), shape=las.shape, affine=las.affine[:3].tolist())

grey = random.randint(0, 256, (9, 13), dtype=np.uint8)
Image.fromarray(grey).save(OUT + '/grey.png')
wide = random.randint(0, 65536, (9, 13)).astype(np.uint16)
Image.fromarray(wide).save(OUT + '/wide.png')
expected['rescaled'] = np.asarray(Image.fromarray(grey).resize((16, 16), Image.BICUBIC)).ravel().tolist()
as_float = np.asarray(Image.fromarray(wide.astype(np.float32)).resize((16, 16), Image.BICUBIC))
expected['rescaled16'] = np.clip(np.floor(as_float + 0.5), 0, 65535).astype(int).ravel().tolist()


def blur(image, size):
    """OpenCV's GaussianBlur with sigma 0: a fixed kernel for small sizes (see opencv.py), borders mirrored without the edge."""
    taps = {3: np.array([1, 2, 1]) / 4, 5: np.array([1, 4, 6, 4, 1]) / 16}[size]
    for axis in (0, 1):
        padded = np.pad(image, [(size // 2, size // 2) if a == axis else (0, 0) for a in (0, 1)], mode='reflect')
        image = np.apply_along_axis(lambda line: np.convolve(line, taps, 'valid'), axis, padded)
    return image


expected['blurred'] = np.floor(blur(grey.astype(float), 5) + 0.5).astype(int).ravel().tolist()
with open(OUT + '/expected.json', 'w') as file:
    json.dump(expected, file)
    file.write('\n')
