// Cards that act on a folder: open the catalog in it, create one there, import it.
import { Button, Card, InputGroup } from '@blueprintjs/core';
import { type ReactNode, useState } from 'react';
import styles from './catalog-cards.module.css';
import { classNames } from './class-names.ts';
import { useHost } from './host/use-host.ts';
import { ProblemNote } from './problem.tsx';
import quietText from './styles/text.module.css';
import { usePathChooser } from './take-in/use-path-chooser.ts';

/** Everything cached belongs to the previous catalog. */
const reload = () => globalThis.location.reload();

export function OpenCatalogCard({ autoFocus = false }: { readonly autoFocus?: boolean }) {
  const host = useHost();
  return (
    <PathCard
      title="Open a catalog"
      autoFocus={autoFocus}
      text="A folder made by Residua, with catalog.sqlite in it."
      label="Folder of the catalog"
      placeholder="/data/catalogs/chest"
      action="Open"
      what="folder"
      run={(folder) => host.call('catalog.open', { folder }).then(reload)}
    />
  );
}

export function NewCatalogCard() {
  const host = useHost();
  return (
    <PathCard
      title="New catalog"
      text="The database, reconstructions and networks go there. Use a local disk."
      label="New folder"
      placeholder="/data/catalogs/new"
      action="Create"
      what="new"
      run={(folder) =>
        host
          .call('catalog.create', { folder, name: folder.split(/[\\/]/).filter(Boolean).at(-1) ?? folder })
          .then(reload)
      }
    />
  );
}

export function ActionCard({
  title,
  text,
  children,
}: {
  readonly title: string;
  readonly text: string;
  readonly children: ReactNode;
}) {
  return (
    <Card className={classNames(styles.card)}>
      <h3>{title}</h3>
      <p className={quietText.quiet}>{text}</p>
      {children}
    </Card>
  );
}

interface PathCardProps {
  readonly title: string;
  readonly text: string;
  readonly label: string;
  readonly placeholder: string;
  readonly action: string;
  readonly what: 'folder' | 'new';
  readonly autoFocus?: boolean;
  readonly run: (path: string) => Promise<unknown>;
}

export function PathCard({ title, text, label, placeholder, action, what, run, autoFocus = false }: PathCardProps) {
  const choosePath = usePathChooser();
  const [path, setPath] = useState('');
  const [error, setError] = useState<Error | null>(null);
  return (
    <ActionCard title={title} text={text}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setError(null);
          run(path.trim()).catch(setError);
        }}
      >
        <InputGroup
          fill
          autoFocus={autoFocus}
          aria-label={label}
          placeholder={placeholder}
          spellCheck={false}
          value={path}
          onValueChange={setPath}
          rightElement={
            <>
              <Button
                variant="minimal"
                text="Browse"
                onClick={() => choosePath(what).then((selected) => selected !== null && setPath(selected))}
              />
              <Button type="submit" intent="primary" text={action} disabled={path.trim() === ''} />
            </>
          }
        />
      </form>
      <ProblemNote error={error} />
    </ActionCard>
  );
}
