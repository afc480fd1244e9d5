# -*- mode: ruby -*-
# vi: set ft=ruby :

# Lab heartbeat-lenny-vm: 2 machines with Debian 5.0 (lenny), under libvirt.
#
# Network lan, 192.168.0.0/24: the office, behind a DSL router.
# Network crossover, 192.168.1.0/24: a cable between the servers.
# Address 192.168.0.20 on lan moves between the servers: the cluster sets it, not this file.

# The server of Debian 5.0 (lenny) speaks old algorithms only. Net::SSH, through which Vagrant
# speaks, knows them and does not offer them by itself.
require "net/ssh"
{
  kex: ["diffie-hellman-group-exchange-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"],
  host_key: ["ssh-rsa", "ssh-dss"],
  encryption: ["aes128-ctr", "aes128-cbc", "3des-cbc"],
}.each do |kind, names|
  offered = Net::SSH::Transport::Algorithms::DEFAULT_ALGORITHMS[kind]
  offered.concat(names - offered)
end

Vagrant.configure("2") do |config|
  config.vm.box = "own/debian-lenny"
  config.vm.box_version = "1.0"
  # A newer box is no news here: results are compared between runs.
  config.vm.box_check_update = false

  config.vm.boot_timeout = 600
  # The machines share nothing with the host.
  config.vm.synced_folder ".", "/vagrant", disabled: true
  # At its first boot each machine gets a key of its own, in place of the one that all boxes share.
  config.ssh.insert_key = true
  config.ssh.extra_args = [
    "-o", "KexAlgorithms=+diffie-hellman-group-exchange-sha1,diffie-hellman-group14-sha1,diffie-hellman-group1-sha1",
    "-o", "HostKeyAlgorithms=+ssh-rsa",
    "-o", "PubkeyAcceptedKeyTypes=+ssh-rsa",
    "-o", "Ciphers=+aes128-ctr,aes128-cbc,3des-cbc",
  ]

  # The host has no address on a network, so that labs with the same addresses can run side by side.
  isolated = {
    libvirt__forward_mode: "veryisolated",
    libvirt__dhcp_enabled: false,
    # No network has a loop. With spanning tree, a cable that is plugged in would carry nothing for seconds.
    libvirt__bridge_stp: false
  }

  config.vm.provider "libvirt" do |libvirt|
    # Domains are called heartbeat-lenny-vm-hauptserver and so on.
    libvirt.default_prefix = "heartbeat-lenny-vm-"
    if File.exist?("/dev/kvm")
      libvirt.driver = "kvm"
      libvirt.cpu_mode = "host-passthrough"
    else
      # Emulation: what a processor does takes several times as long.
      libvirt.driver = "qemu"
      libvirt.cpu_mode = "custom"
      libvirt.cpu_model = "qemu64"
    end
    libvirt.memory = 512
    libvirt.cpus = 1
    libvirt.nic_model_type = "virtio"
    libvirt.disk_bus = "virtio"
    # A flush of a guest ends in the host's memory: several machines on one disk would measure that disk.
    libvirt.disk_driver cache: "unsafe"
    # Nobody looks at a screen.
    libvirt.graphics_type = "none"
    libvirt.video_type = "none"
    libvirt.usb_controller model: "none"
    libvirt.random model: "random"
  end

  config.vm.define "hauptserver" do |node|
    node.vm.hostname = "hauptserver"
    node.vm.network "private_network",
                    ip: "192.168.0.11", netmask: "255.255.255.0",
                    libvirt__network_name: "heartbeat-lenny-vm-lan", **isolated
    node.vm.network "private_network",
                    ip: "192.168.1.11", netmask: "255.255.255.0",
                    libvirt__network_name: "heartbeat-lenny-vm-crossover", **isolated
    node.vm.provider "libvirt" do |libvirt|
      libvirt.storage :file, size: "20480M", bus: "virtio", serial: "data", cache: "unsafe"
    end
  end

  config.vm.define "ausfallserver" do |node|
    node.vm.hostname = "ausfallserver"
    node.vm.network "private_network",
                    ip: "192.168.0.12", netmask: "255.255.255.0",
                    libvirt__network_name: "heartbeat-lenny-vm-lan", **isolated
    node.vm.network "private_network",
                    ip: "192.168.1.12", netmask: "255.255.255.0",
                    libvirt__network_name: "heartbeat-lenny-vm-crossover", **isolated
    node.vm.provider "libvirt" do |libvirt|
      libvirt.storage :file, size: "20480M", bus: "virtio", serial: "data", cache: "unsafe"
    end
  end
end
