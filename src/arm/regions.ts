/** Azure's regions with Container Apps: short name and the name people read. */
const DISPLAY_NAMES = [
  'East US',
  'East US 2',
  'West US',
  'West US 2',
  'West US 3',
  'Central US',
  'North Central US',
  'South Central US',
  'West Central US',
  'Canada Central',
  'Canada East',
  'Brazil South',
  'North Europe',
  'West Europe',
  'UK South',
  'UK West',
  'France Central',
  'Germany West Central',
  'Switzerland North',
  'Norway East',
  'Sweden Central',
  'Italy North',
  'Poland Central',
  'Spain Central',
  'UAE North',
  'South Africa North',
  'Central India',
  'South India',
  'Japan East',
  'Japan West',
  'Korea Central',
  'Korea South',
  'Southeast Asia',
  'East Asia',
  'Australia East',
  'Australia Southeast',
] as const;

export interface Region {
  /** e.g. `'koreacentral'` */
  name: string;
  /** e.g. `'Korea Central'` */
  displayName: string;
}

export const regions: readonly Region[] = DISPLAY_NAMES.map((displayName) => ({
  name: normaliseLocation(displayName),
  displayName,
}));

/** `'Korea Central'` → `'koreacentral'` */
export function normaliseLocation(location: string): string {
  return location.toLowerCase().replaceAll(/[\s()]/g, '');
}

/** A region by either of its names, in any letter case. */
export function findRegion(location: string): Region | undefined {
  const name = normaliseLocation(location);
  return regions.find((region) => region.name === name);
}
