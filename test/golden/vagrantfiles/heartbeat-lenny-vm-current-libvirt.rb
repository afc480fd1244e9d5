# -*- mode: ruby -*-
# vi: set ft=ruby :

# Lab heartbeat-lenny-vm: 4 machines with Debian 12 (bookworm), under libvirt.
#
# Network cluster, 192.168.33.0/24: the clients of the virtual machine.
# Network crossover, 192.168.1.0/24: a cable between the servers: heartbeat and replication.
# Address 192.168.33.20 on cluster moves between the servers: the cluster sets it, not this file.

Vagrant.configure("2") do |config|
  config.vm.box = "debian/bookworm64"
  # A newer box is no news here: results are compared between runs.
  config.vm.box_check_update = false

  config.vm.boot_timeout = 600
  # The machines share nothing with the host.
  config.vm.synced_folder ".", "/vagrant", disabled: true
  # At its first boot each machine gets a key of its own, in place of the one that all boxes share.
  config.ssh.insert_key = true

  # The host has no address on a network, so that labs with the same addresses can run side by side.
  isolated = {
    libvirt__forward_mode: "veryisolated",
    libvirt__dhcp_enabled: false,
    # No network has a loop. With spanning tree, a cable that is plugged in would carry nothing for seconds.
    libvirt__bridge_stp: false
  }

  config.vm.provider "libvirt" do |libvirt|
    # Domains are called heartbeat-lenny-vm-sv01 and so on.
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

  config.vm.define "sv01" do |node|
    node.vm.hostname = "sv01"
    node.vm.network "private_network",
                    ip: "192.168.33.11", netmask: "255.255.255.0",
                    libvirt__network_name: "heartbeat-lenny-vm-cluster", **isolated
  end

  config.vm.define "sv02" do |node|
    node.vm.hostname = "sv02"
    node.vm.network "private_network",
                    ip: "192.168.33.12", netmask: "255.255.255.0",
                    libvirt__network_name: "heartbeat-lenny-vm-cluster", **isolated
  end

  config.vm.define "nfs01" do |node|
    node.vm.hostname = "nfs01"
    node.vm.network "private_network",
                    ip: "192.168.33.21", netmask: "255.255.255.0",
                    libvirt__network_name: "heartbeat-lenny-vm-cluster", **isolated
    node.vm.network "private_network",
                    ip: "192.168.1.11", netmask: "255.255.255.0",
                    libvirt__network_name: "heartbeat-lenny-vm-crossover", **isolated
  end

  config.vm.define "nfs02" do |node|
    node.vm.hostname = "nfs02"
    node.vm.network "private_network",
                    ip: "192.168.33.22", netmask: "255.255.255.0",
                    libvirt__network_name: "heartbeat-lenny-vm-cluster", **isolated
    node.vm.network "private_network",
                    ip: "192.168.1.12", netmask: "255.255.255.0",
                    libvirt__network_name: "heartbeat-lenny-vm-crossover", **isolated
  end
end
