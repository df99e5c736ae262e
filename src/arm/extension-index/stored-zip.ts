import { crc32 } from 'node:zlib';

export interface ZipEntry {
  /** e.g. `'azext_containerapp/__init__.py'` */
  path: string;
  content: string;
}

/** 1 January 1980, the oldest date the format has: equal entries give equal bytes. */
const DOS_DATE = 0x0021;
const VERSION = 20;

/**
 * A ZIP archive without compression, for wheels of a few kilobytes.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function storedZip(entries: readonly ZipEntry[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { path, content } of entries) {
    const name = Buffer.from(path);
    const data = Buffer.from(content);
    const common = commonHeader(name, data);
    const record = Buffer.concat([uint32(0x04034b50), common, name, data]);
    const tail = Buffer.concat([uint16(0, 0, 0), uint32(0o100644 * 0x10000, offset)]);
    central.push(Buffer.concat([uint32(0x02014b50), uint16(VERSION), common, tail, name]));
    local.push(record);
    offset += record.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.concat([
    uint32(0x06054b50),
    uint16(0, 0, entries.length, entries.length),
    uint32(directory.length, offset),
    uint16(0),
  ]);
  return Buffer.concat([...local, directory, end]);
}

/** What an entry's local header and its line in the directory have in common. */
function commonHeader(name: Buffer, data: Buffer): Buffer {
  return Buffer.concat([
    uint16(VERSION, 0, 0, 0, DOS_DATE),
    uint32(crc32(data), data.length, data.length),
    uint16(name.length, 0),
  ]);
}

function uint16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2);
  return bytes;
}

function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
}
