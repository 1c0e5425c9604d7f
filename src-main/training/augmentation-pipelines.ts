// The augmentation pipelines of StyleGAN2-ADA's train.py by name: which transforms each one is made of.

/**
 * The transforms of StyleGAN2-ADA's `AugmentPipe` by their published names. A number multiplies the common probability;
 * 0 leaves the transform out.
 */
export interface AugmentationTransforms {
  readonly xflip: number;
  readonly rotate90: number;
  readonly xint: number;
  readonly scale: number;
  readonly rotate: number;
  readonly aniso: number;
  readonly xfrac: number;
  readonly brightness: number;
  readonly contrast: number;
  readonly lumaflip: number;
  readonly hue: number;
  readonly saturation: number;
  readonly imgfilter: number;
  readonly noise: number;
  readonly cutout: number;
}

const none: AugmentationTransforms = {
  xflip: 0,
  rotate90: 0,
  xint: 0,
  scale: 0,
  rotate: 0,
  aniso: 0,
  xfrac: 0,
  brightness: 0,
  contrast: 0,
  lumaflip: 0,
  hue: 0,
  saturation: 0,
  imgfilter: 0,
  noise: 0,
  cutout: 0,
};
const blit = { xflip: 1, rotate90: 1, xint: 1 };
const geom = { scale: 1, rotate: 1, aniso: 1, xfrac: 1 };
const color = { brightness: 1, contrast: 1, lumaflip: 1, hue: 1, saturation: 1 };
const filter = { imgfilter: 1 };
const noise = { noise: 1 };
const cutout = { cutout: 1 };

/** `--augpipe` of the published trainer. */
export const augmentationPipelines = {
  blit: { ...none, ...blit },
  geom: { ...none, ...geom },
  color: { ...none, ...color },
  filter: { ...none, ...filter },
  noise: { ...none, ...noise },
  cutout: { ...none, ...cutout },
  bg: { ...none, ...blit, ...geom },
  bgc: { ...none, ...blit, ...geom, ...color },
  bgcf: { ...none, ...blit, ...geom, ...color, ...filter },
  bgcfn: { ...none, ...blit, ...geom, ...color, ...filter, ...noise },
  bgcfnc: { ...none, ...blit, ...geom, ...color, ...filter, ...noise, ...cutout },
} as const satisfies Readonly<Record<string, AugmentationTransforms>>;

export type PipelineName = keyof typeof augmentationPipelines;
