// Networks in a plain safetensors file: tensors `G.…` and `D.…`, constructor arguments as strings in `__metadata__`.
import { z } from 'zod';
import { Problem } from '../../src-main/platform/errors.ts';
import { tensorsUnder } from './checkpoint.ts';
import { type JsonObject, type Networks, networkNames } from './network-weights.ts';
import type { Safetensors } from './safetensors.ts';
import { toFloatTensor } from './tensor.ts';

const whole = z.string().regex(/^\d+$/).transform(Number);
const argumentsSchema = z.object({
  z_dim: whole,
  c_dim: whole,
  w_dim: whole,
  img_resolution: whole,
  img_channels: whole,
  mapping_layers: whole,
  channel_base: whole,
  channel_max: whole,
  mbstd_group_size: whole,
  num_fp16_res: whole.default(0),
  conv_clamp: z.union([z.literal('none').transform(() => null), whole]).default(null),
});
type Arguments = z.infer<typeof argumentsSchema>;

/** The arguments of the two published constructors, out of the flat list. */
const constructors: Readonly<Record<'Generator' | 'Discriminator', (flat: Arguments) => JsonObject>> = {
  Generator: ({ z_dim, c_dim, w_dim, img_resolution, img_channels, mapping_layers, ...flat }) => ({
    z_dim,
    c_dim,
    w_dim,
    img_resolution,
    img_channels,
    mapping_kwargs: { num_layers: mapping_layers },
    synthesis_kwargs: channels(flat),
  }),
  Discriminator: ({ c_dim, img_resolution, img_channels, mbstd_group_size, ...flat }) => ({
    c_dim,
    img_resolution,
    img_channels,
    ...channels(flat),
    epilogue_kwargs: { mbstd_group_size },
  }),
};

function channels(flat: Pick<Arguments, 'channel_base' | 'channel_max' | 'num_fp16_res' | 'conv_clamp'>): JsonObject {
  const { channel_base, channel_max, num_fp16_res, conv_clamp } = flat;
  return { channel_base, channel_max, num_fp16_res, conv_clamp };
}

/** Reads that layout. Errors: `content` when an argument is missing or wrong; `missing` when no tensor has such a name. */
export function networksFromExchange({ tensors, metadata }: Safetensors, file: string): Networks {
  const present = networkNames.filter((name) => [...tensors.keys()].some((key) => key.startsWith(`${name}.`)));
  if (present.length === 0) throw new Problem('missing', { what: 'network (G, D or G_ema)', name: file });
  const flat = argumentsSchema.safeParse(metadata);
  if (!flat.success) {
    const where = flat.error.issues[0]?.path.join('.') ?? '';
    const reason = `constructor argument ${where} is missing or wrong in __metadata__`;
    throw new Problem('content', { file, reason }, { cause: flat.error });
  }
  return Object.fromEntries(
    present.map((name) => {
      const className = name === 'D' ? 'Discriminator' : 'Generator';
      const own = [...tensorsUnder(tensors, name)].map(([key, tensor]) => [key, toFloatTensor(tensor)] as const);
      return [name, { className, constructorArguments: constructors[className](flat.data), tensors: new Map(own) }];
    }),
  );
}
