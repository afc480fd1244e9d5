# -*- mode: ruby -*-
# vi: set ft=ruby :

# Lab heartbeat-lenny-vm: 4 machines with Debian 12 (bookworm), under VirtualBox.
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

  config.vm.provider "virtualbox" do |vb|
    # A machine has a disk of its own only for what differs from the box.
    vb.linked_clone = true
    vb.memory = 512
    vb.cpus = 1
    vb.default_nic_type = "virtio"
    # Guest additions serve shared folders, of which there are none.
    vb.check_guest_additions = false
  end

  config.vm.define "sv01" do |node|
    node.vm.hostname = "sv01"
    node.vm.network "private_network",
                    ip: "192.168.33.11", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-lenny-vm-cluster"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-lenny-vm-sv01"
    end
  end

  config.vm.define "sv02" do |node|
    node.vm.hostname = "sv02"
    node.vm.network "private_network",
                    ip: "192.168.33.12", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-lenny-vm-cluster"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-lenny-vm-sv02"
    end
  end

  config.vm.define "nfs01" do |node|
    node.vm.hostname = "nfs01"
    node.vm.network "private_network",
                    ip: "192.168.33.21", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-lenny-vm-cluster"
    node.vm.network "private_network",
                    ip: "192.168.1.11", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-lenny-vm-crossover"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-lenny-vm-nfs01"
    end
  end

  config.vm.define "nfs02" do |node|
    node.vm.hostname = "nfs02"
    node.vm.network "private_network",
                    ip: "192.168.33.22", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-lenny-vm-cluster"
    node.vm.network "private_network",
                    ip: "192.168.1.12", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-lenny-vm-crossover"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-lenny-vm-nfs02"
    end
  end
end
