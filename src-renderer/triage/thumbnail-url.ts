// Where thumbnails are: the address bears the catalog's key, so that pictures kept by the browser are never another catalog's.
import { useCallback } from 'react';
import { useAnswer, useHost } from '../host/use-host.ts';

/** `size` pixels on the longer side; undefined until the catalog is known. */
export function useThumbnailUrl(): (image: number, size: number) => string | undefined {
  const host = useHost();
  const key = useAnswer('catalog.info', {}).data?.key;
  return useCallback(
    (image, size) => (key === undefined ? undefined : `${host.thumbnailUrl(image, size)}?catalog=${key}`),
    [host, key],
  );
}
