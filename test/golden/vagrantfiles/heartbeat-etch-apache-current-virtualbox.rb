# -*- mode: ruby -*-
# vi: set ft=ruby :

# Lab heartbeat-etch-apache: 4 machines with Debian 12 (bookworm), under VirtualBox.
#
# Network cluster, 192.168.33.0/24: the clients of Apache, and mail.
# Network crossover, 10.0.0.0/30: a cable between the servers: heartbeat and replication.
# Address 192.168.33.20 on cluster moves between the servers: the cluster sets it, not this file.
# Address 192.168.33.100 on cluster moves between the servers: the cluster sets it, not this file.

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
                    virtualbox__intnet: "heartbeat-etch-apache-cluster"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-etch-apache-sv01"
    end
  end

  config.vm.define "sv02" do |node|
    node.vm.hostname = "sv02"
    node.vm.network "private_network",
                    ip: "192.168.33.12", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-etch-apache-cluster"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-etch-apache-sv02"
    end
  end

  config.vm.define "nfs01" do |node|
    node.vm.hostname = "nfs01"
    node.vm.network "private_network",
                    ip: "192.168.33.21", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-etch-apache-cluster"
    node.vm.network "private_network",
                    ip: "10.0.0.1", netmask: "255.255.255.252",
                    virtualbox__intnet: "heartbeat-etch-apache-crossover"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-etch-apache-nfs01"
      # ttyS1, a null-modem cable to nfs02
      cable = File.join(__dir__, "nfs01-nfs02.serial")
      cable = "\\\\.\\pipe\\heartbeat-etch-apache-nfs01-nfs02" if Vagrant::Util::Platform.windows?
      vb.customize ["modifyvm", :id, "--uart2", "0x2F8", "3", "--uartmode2", "server", cable]
    end
  end

  config.vm.define "nfs02" do |node|
    node.vm.hostname = "nfs02"
    node.vm.network "private_network",
                    ip: "192.168.33.22", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-etch-apache-cluster"
    node.vm.network "private_network",
                    ip: "10.0.0.2", netmask: "255.255.255.252",
                    virtualbox__intnet: "heartbeat-etch-apache-crossover"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-etch-apache-nfs02"
      # ttyS1, a null-modem cable to nfs01, which has to run first
      cable = File.join(__dir__, "nfs01-nfs02.serial")
      cable = "\\\\.\\pipe\\heartbeat-etch-apache-nfs01-nfs02" if Vagrant::Util::Platform.windows?
      vb.customize ["modifyvm", :id, "--uart2", "0x2F8", "3", "--uartmode2", "client", cable]
    end
  end
end
