# -*- mode: ruby -*-
# vi: set ft=ruby :

# Lab heartbeat-sarge: 3 machines with Debian 3.1 (sarge), under VirtualBox.
#
# Network lan, 192.168.0.0/24: everything: heartbeat, replication and NFS.
# Address 192.168.0.174 on lan moves between the servers: the cluster sets it, not this file.

# The server of Debian 3.1 (sarge) speaks old algorithms only. Net::SSH, through which Vagrant
# speaks, knows them and does not offer them by itself.
require "net/ssh"
{
  kex: ["diffie-hellman-group-exchange-sha1", "diffie-hellman-group1-sha1"],
  host_key: ["ssh-rsa", "ssh-dss"],
  encryption: ["aes128-ctr", "aes128-cbc", "3des-cbc"],
}.each do |kind, names|
  offered = Net::SSH::Transport::Algorithms::DEFAULT_ALGORITHMS[kind]
  offered.concat(names - offered)
end

Vagrant.configure("2") do |config|
  config.vm.box = "own/debian-sarge"
  config.vm.box_version = "1.0"
  # A newer box is no news here: results are compared between runs.
  config.vm.box_check_update = false

  config.vm.boot_timeout = 600
  # The machines share nothing with the host.
  config.vm.synced_folder ".", "/vagrant", disabled: true
  # At its first boot each machine gets a key of its own, in place of the one that all boxes share.
  config.ssh.insert_key = true
  config.ssh.extra_args = [
    "-o", "KexAlgorithms=+diffie-hellman-group-exchange-sha1,diffie-hellman-group1-sha1",
    "-o", "HostKeyAlgorithms=+ssh-rsa",
    "-o", "PubkeyAcceptedKeyTypes=+ssh-rsa",
    "-o", "Ciphers=+aes128-ctr,aes128-cbc,3des-cbc",
  ]

  config.vm.provider "virtualbox" do |vb|
    # A machine has a disk of its own only for what differs from the box.
    vb.linked_clone = true
    vb.memory = 512
    vb.cpus = 1
    vb.default_nic_type = "82540EM"
    # Guest additions serve shared folders, of which there are none.
    vb.check_guest_additions = false
  end

  config.vm.define "client" do |node|
    node.vm.hostname = "client"
    node.vm.network "private_network",
                    ip: "192.168.0.100", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-sarge-lan"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-sarge-client"
    end
  end

  config.vm.define "server1" do |node|
    node.vm.hostname = "server1"
    node.vm.network "private_network",
                    ip: "192.168.0.172", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-sarge-lan"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-sarge-server1"
    end
  end

  config.vm.define "server2" do |node|
    node.vm.hostname = "server2"
    node.vm.network "private_network",
                    ip: "192.168.0.173", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-sarge-lan"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-sarge-server2"
    end
  end
end
