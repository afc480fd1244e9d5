# -*- mode: ruby -*-
# vi: set ft=ruby :

# Lab heartbeat-lenny-vm: 2 machines with Debian 5.0 (lenny), under VirtualBox.
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

  config.vm.provider "virtualbox" do |vb|
    # A machine has a disk of its own only for what differs from the box.
    vb.linked_clone = true
    vb.memory = 512
    vb.cpus = 1
    vb.default_nic_type = "virtio"
    # Guest additions serve shared folders, of which there are none.
    vb.check_guest_additions = false
  end

  config.vm.define "hauptserver" do |node|
    node.vm.hostname = "hauptserver"
    node.vm.network "private_network",
                    ip: "192.168.0.11", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-lenny-vm-lan"
    node.vm.network "private_network",
                    ip: "192.168.1.11", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-lenny-vm-crossover"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-lenny-vm-hauptserver"
      disk = File.join(__dir__, "hauptserver-data.vdi")
      unless File.exist?(disk)
        vb.customize ["storagectl", :id, "--name", "Disks", "--add", "scsi", "--controller", "LSILogic"]
        vb.customize ["createmedium", "disk", "--filename", disk, "--size", "20480"]
        vb.customize ["storageattach", :id, "--storagectl", "Disks", "--port", "0", "--type", "hdd", "--medium", disk]
      end
    end
  end

  config.vm.define "ausfallserver" do |node|
    node.vm.hostname = "ausfallserver"
    node.vm.network "private_network",
                    ip: "192.168.0.12", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-lenny-vm-lan"
    node.vm.network "private_network",
                    ip: "192.168.1.12", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-lenny-vm-crossover"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-lenny-vm-ausfallserver"
      disk = File.join(__dir__, "ausfallserver-data.vdi")
      unless File.exist?(disk)
        vb.customize ["storagectl", :id, "--name", "Disks", "--add", "scsi", "--controller", "LSILogic"]
        vb.customize ["createmedium", "disk", "--filename", disk, "--size", "20480"]
        vb.customize ["storageattach", :id, "--storagectl", "Disks", "--port", "0", "--type", "hdd", "--medium", disk]
      end
    end
  end
end
