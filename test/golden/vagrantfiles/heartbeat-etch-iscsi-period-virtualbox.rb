# -*- mode: ruby -*-
# vi: set ft=ruby :

# Lab heartbeat-etch-iscsi: 2 machines with Debian 4.0 (etch), under VirtualBox.
#
# Network storage, 192.168.178.0/24: iSCSI and NFS, over the bond.
# Network replication, 192.168.2.0/24: DRBD.
# Address 192.168.178.174 on storage moves between the servers: the cluster sets it, not this file.

# The server of Debian 4.0 (etch) speaks old algorithms only. Net::SSH, through which Vagrant
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
  config.vm.box = "own/debian-etch"
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
    vb.default_nic_type = "82540EM"
    # Guest additions serve shared folders, of which there are none.
    vb.check_guest_additions = false
  end

  config.vm.define "master" do |node|
    node.vm.hostname = "master"
    node.vm.network "private_network",
                    auto_config: false,
                    virtualbox__intnet: "heartbeat-etch-iscsi-storage"
    node.vm.network "private_network",
                    auto_config: false,
                    virtualbox__intnet: "heartbeat-etch-iscsi-storage"
    node.vm.network "private_network",
                    auto_config: false,
                    virtualbox__intnet: "heartbeat-etch-iscsi-storage"
    node.vm.network "private_network",
                    ip: "192.168.2.1", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-etch-iscsi-replication"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-etch-iscsi-master"
      # eth1 also takes frames for other stations.
      vb.customize ["modifyvm", :id, "--nicpromisc2", "allow-all"]
      # eth2 also takes frames for other stations.
      vb.customize ["modifyvm", :id, "--nicpromisc3", "allow-all"]
      # eth3 also takes frames for other stations.
      vb.customize ["modifyvm", :id, "--nicpromisc4", "allow-all"]
    end
  end

  config.vm.define "slave" do |node|
    node.vm.hostname = "slave"
    node.vm.network "private_network",
                    auto_config: false,
                    virtualbox__intnet: "heartbeat-etch-iscsi-storage"
    node.vm.network "private_network",
                    auto_config: false,
                    virtualbox__intnet: "heartbeat-etch-iscsi-storage"
    node.vm.network "private_network",
                    auto_config: false,
                    virtualbox__intnet: "heartbeat-etch-iscsi-storage"
    node.vm.network "private_network",
                    ip: "192.168.2.2", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-etch-iscsi-replication"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-etch-iscsi-slave"
      # eth1 also takes frames for other stations.
      vb.customize ["modifyvm", :id, "--nicpromisc2", "allow-all"]
      # eth2 also takes frames for other stations.
      vb.customize ["modifyvm", :id, "--nicpromisc3", "allow-all"]
      # eth3 also takes frames for other stations.
      vb.customize ["modifyvm", :id, "--nicpromisc4", "allow-all"]
    end
  end
end
