/** The machine that VirtualBox makes of a box. Vagrant gives it its memory, processors and further NICs. */
export interface OvfMachine {
  /** Letters, digits and hyphens. */
  name: string;
  /** File beside the descriptor; stream-optimized VMDK. */
  disk: string;
  diskBytes: number;
  memoryMib: number;
}

/** Kinds of virtual hardware: CIM_ResourceAllocationSettingData.ResourceType (DMTF DSP1041). */
const kinds = { processor: 3, memory: 4, nic: 10, disk: 17, otherStorage: 20 } as const;

/**
 * An OVF 1.0 descriptor (DMTF DSP0243) as VirtualBox imports it: one processor, an AHCI controller with the disk, a NIC on NAT.
 * Properties of an item come in alphabetical order, which the schema asks for.
 */
export function ovfDescriptor({ name, disk, diskBytes, memoryMib }: OvfMachine): string {
  const item = (properties: Readonly<Record<string, string | number>>): string =>
    [
      '      <Item>',
      ...Object.entries(properties).map(
        ([key, value]) => `        <rasd:${key}>${String(value)}</rasd:${key}>`,
      ),
      '      </Item>',
    ].join('\n');
  const items = [
    item({
      Caption: '1 virtual CPU',
      Description: 'Number of virtual CPUs',
      ElementName: '1 virtual CPU',
      InstanceID: 1,
      ResourceType: kinds.processor,
      VirtualQuantity: 1,
    }),
    item({
      AllocationUnits: 'MegaBytes',
      Caption: `${String(memoryMib)} MB of memory`,
      Description: 'Memory Size',
      ElementName: `${String(memoryMib)} MB of memory`,
      InstanceID: 2,
      ResourceType: kinds.memory,
      VirtualQuantity: memoryMib,
    }),
    item({
      Address: 0,
      Caption: 'sataController0',
      Description: 'SATA Controller',
      ElementName: 'sataController0',
      InstanceID: 3,
      ResourceSubType: 'AHCI',
      ResourceType: kinds.otherStorage,
    }),
    item({
      AddressOnParent: 0,
      Caption: 'disk1',
      Description: 'Disk Image',
      ElementName: 'disk1',
      HostResource: '/disk/vmdisk1',
      InstanceID: 4,
      Parent: 3,
      ResourceType: kinds.disk,
    }),
    item({
      AutomaticAllocation: 'true',
      Caption: "Ethernet adapter on 'NAT'",
      Connection: 'NAT',
      ElementName: "Ethernet adapter on 'NAT'",
      InstanceID: 5,
      ResourceSubType: 'E1000',
      ResourceType: kinds.nic,
    }),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope ovf:version="1.0" xml:lang="en-US"
          xmlns="http://schemas.dmtf.org/ovf/envelope/1"
          xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
          xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
          xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData"
          xmlns:vbox="http://www.virtualbox.org/ovf/machine">
  <References>
    <File ovf:id="file1" ovf:href="${disk}"/>
  </References>
  <DiskSection>
    <Info>Disks</Info>
    <Disk ovf:diskId="vmdisk1" ovf:fileRef="file1" ovf:capacity="${String(diskBytes)}" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
  </DiskSection>
  <NetworkSection>
    <Info>Networks</Info>
    <Network ovf:name="NAT">
      <Description>The network that Vagrant reaches the machine over</Description>
    </Network>
  </NetworkSection>
  <VirtualSystem ovf:id="${name}">
    <Info>A machine of a lab</Info>
    <OperatingSystemSection ovf:id="96">
      <Info>Guest operating system</Info>
      <Description>Debian_64</Description>
      <vbox:OSType ovf:required="false">Debian_64</vbox:OSType>
    </OperatingSystemSection>
    <VirtualHardwareSection>
      <Info>Virtual hardware</Info>
      <System>
        <vssd:ElementName>Virtual Hardware Family</vssd:ElementName>
        <vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemIdentifier>${name}</vssd:VirtualSystemIdentifier>
        <vssd:VirtualSystemType>virtualbox-2.2</vssd:VirtualSystemType>
      </System>
${items.join('\n')}
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`;
}
