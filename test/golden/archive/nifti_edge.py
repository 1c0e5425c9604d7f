# Makes nifti-edge.json: what python3-nibabel 5.0 reads from every NIfTI file of shared/data/nifti-edge.zip.
# Run: /usr/bin/python3 nifti_edge.py PATH/nifti-edge.zip
# voxels: SHA-256 of the unscaled voxels, first axis fastest (colours of a voxel together), as little-endian float64.
# frames: the same of all slices across the third axis, turned for display (left of the patient on the right, front or
# head up; side on, front on the left), row by row; null where the header has no affine.
import hashlib, json, os, sys, tempfile, warnings, zipfile
import nibabel as nib
import numpy as np

warnings.simplefilter('ignore')
# Wanted direction of increasing row and column for the pair of patient axes that a slice spans.
WANTED = {frozenset('LA'): ('P', 'L'), frozenset('LS'): ('I', 'L'), frozenset('AS'): ('I', 'P')}
AXIS = dict(L='L', R='L', A='A', P='A', S='S', I='S')


def digest(array):
    return hashlib.sha256(np.ascontiguousarray(array, '<f8').tobytes()).hexdigest()


def plain(voxels):
    """Colour records as a last axis of R, G, B."""
    if voxels.dtype.names:
        return np.stack([voxels[name] for name in ('R', 'G', 'B')], -1)
    return voxels


def turned(image, voxels):
    codes = nib.aff2axcodes(image.affine)
    rows, columns = WANTED[frozenset(AXIS[code] for code in codes[:2])]
    down = next(axis for axis in (0, 1) if AXIS[codes[axis]] == AXIS[rows])
    shown = voxels if down == 0 else np.swapaxes(voxels, 0, 1)
    if codes[down] != rows:
        shown = shown[::-1]
    if codes[1 - down] != columns:
        shown = shown[:, ::-1]
    return shown


results = {}
with zipfile.ZipFile(sys.argv[1]) as archive, tempfile.TemporaryDirectory() as folder:
    archive.extractall(folder)
    for name in sorted(archive.namelist()):
        if not name.endswith(('.nii', '.nii.gz', '.hdr', '.hdr.gz')):
            continue
        try:
            image = nib.load(os.path.join(folder, name))
            if not isinstance(image, (nib.Nifti1Pair, nib.Nifti2Pair)):
                raise ValueError(f'a {type(image).__name__}')
            voxels = np.asarray(image.dataobj.get_unscaled())
            if voxels.dtype.kind == 'c':
                raise ValueError('complex')
            voxels = plain(voxels)
        except Exception as error:
            print(name, type(error).__name__, str(error)[:100])
            continue
        colours = voxels.shape[-1:] if image.get_data_dtype().names else ()
        spatial = voxels.shape[:len(voxels.shape) - len(colours)]
        spatial += (1,) * (3 - len(spatial))
        voxels = voxels.reshape(spatial + colours)
        order = tuple(range(len(spatial)))[::-1] + ((len(spatial),) if colours else ())
        header = image.header
        known = header['qform_code'] > 0 or header['sform_code'] > 0
        slope, inter = image.dataobj.slope, image.dataobj.inter
        frames = None
        if known:
            shown = turned(image, voxels)
            order_of_frames = tuple(range(2, len(spatial)))[::-1] + (0, 1) + ((len(spatial),) if colours else ())
            frames = digest(shown.transpose(order_of_frames))
        results[name] = dict(voxels=digest(voxels.transpose(order)), frames=frames, shape=[int(n) for n in spatial],
                             slope=float(slope), intercept=float(inter))
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'nifti-edge.json'), 'w') as out:
    json.dump(results, out, indent=1, sort_keys=True)
    out.write('\n')
