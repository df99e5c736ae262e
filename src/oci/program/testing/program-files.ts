interface ElfOptions {
  /** `e_machine`, e.g. 62 for x86-64. */
  machine: number;
  bits?: 32 | 64;
  little?: boolean;
  /** Makes it a dynamically linked program. */
  loader?: string;
}

/** The head of an ELF program. */
export function elfFile({ machine, bits = 64, little = true, loader }: ElfOptions): Buffer {
  const is64 = bits === 64;
  const [headerSize, entrySize] = is64 ? [64, 56] : [52, 32];
  const nameAt = headerSize + entrySize;
  const file = Buffer.alloc(nameAt + (loader?.length ?? 0) + 1);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const word = (value: number, at: number): void => {
    if (is64) view.setBigUint64(at, BigInt(value), little);
    else view.setUint32(at, value, little);
  };
  file.set([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, little ? 1 : 2, 1]);
  view.setUint16(18, machine, little);
  word(headerSize, is64 ? 32 : 28);
  view.setUint16(is64 ? 54 : 42, entrySize, little);
  view.setUint16(is64 ? 56 : 44, loader === undefined ? 0 : 1, little);
  if (loader === undefined) return file;
  view.setUint32(headerSize, 3, little); // PT_INTERP
  word(nameAt, headerSize + (is64 ? 8 : 4));
  word(loader.length + 1, headerSize + (is64 ? 32 : 16));
  file.write(loader, nameAt, 'latin1');
  return file;
}

/** The head of a Windows program. */
export function peFile(machine: number, headerAt = 128): Buffer {
  const file = Buffer.alloc(headerAt + 24);
  file.write('MZ', 0);
  file.writeUInt32LE(headerAt, 0x3c);
  file.write('PE\0\0', headerAt);
  file.writeUInt16LE(machine, headerAt + 4);
  return file;
}

/** The head of a macOS program; `fat` is for how many machines it is. */
export function machOFile(cpu: number, options: { little?: boolean; fat?: number } = {}): Buffer {
  const { little = true, fat } = options;
  const file = Buffer.alloc(32);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (fat === undefined) {
    view.setUint32(0, 0xfeedfacf, little);
    view.setUint32(4, cpu, little);
  } else {
    view.setUint32(0, 0xcafebabe);
    view.setUint32(4, fat);
    view.setUint32(8, cpu);
  }
  return file;
}
