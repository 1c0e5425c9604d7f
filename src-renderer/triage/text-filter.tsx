// Text that the listed images have in their name, series or tags.
import { InputGroup } from '@blueprintjs/core';
import { SearchIcon } from '@blueprintjs/icons';
import { useEffect, useRef, useState } from 'react';
import { useTriage } from './triage-state.tsx';

const textAfterMilliseconds = 200;

export function TextFilter() {
  const { filter, setFilter } = useTriage();
  const [text, setText] = useState(filter.text ?? '');
  const latest = useRef({ filter, setFilter });
  latest.current = { filter, setFilter };
  useEffect(() => {
    const timer = setTimeout(() => {
      const { filter, setFilter } = latest.current;
      if ((filter.text ?? '') === text) return;
      const { text: _, ...others } = filter;
      setFilter(text === '' ? others : { ...others, text });
    }, textAfterMilliseconds);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <InputGroup
      type="search"
      leftIcon={<SearchIcon />}
      placeholder="name, series or tag"
      aria-label="Text in name, series or tag"
      value={text}
      maxLength={200}
      onValueChange={setText}
    />
  );
}
