import { useEffect, useRef, useState } from 'preact/hooks';

/** Something that opens below a button: Escape and a press elsewhere close it, and the button has the focus again. */
export function usePopover() {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const onPress = (event: PointerEvent): void => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      setOpen(false);
      root.current?.querySelector('button')?.focus();
    };
    const element = root.current;
    document.addEventListener('pointerdown', onPress);
    element?.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('pointerdown', onPress);
      element?.removeEventListener('keydown', onKey);
    };
  }, [isOpen]);
  return { isOpen, setOpen, root };
}
