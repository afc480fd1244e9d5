# -*- mode: ruby -*-
# vi: set ft=ruby :

# Lab heartbeat-etch-apache: 2 machines with Debian 4.0 (etch), under VirtualBox.
#
# Network lan, 192.168.69.0/24: the clients.
# Network crossover, 10.0.0.0/8: a crossed cable between the servers.
# Address 192.168.69.16 on lan moves between the servers: the cluster sets it, not this file.
# Address 192.168.69.100 on lan moves between the servers: the cluster sets it, not this file.

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

  config.vm.define "debian1" do |node|
    node.vm.hostname = "debian1"
    node.vm.network "private_network",
                    ip: "192.168.69.14", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-etch-apache-lan"
    node.vm.network "private_network",
                    ip: "10.0.0.1", netmask: "255.0.0.0",
                    virtualbox__intnet: "heartbeat-etch-apache-crossover"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-etch-apache-debian1"
      # ttyS1, a null-modem cable to debian2
      cable = File.join(__dir__, "debian1-debian2.serial")
      cable = "\\\\.\\pipe\\heartbeat-etch-apache-debian1-debian2" if Vagrant::Util::Platform.windows?
      vb.customize ["modifyvm", :id, "--uart2", "0x2F8", "3", "--uartmode2", "server", cable]
    end
  end

  config.vm.define "debian2" do |node|
    node.vm.hostname = "debian2"
    node.vm.network "private_network",
                    ip: "192.168.69.15", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-etch-apache-lan"
    node.vm.network "private_network",
                    ip: "10.0.0.2", netmask: "255.0.0.0",
                    virtualbox__intnet: "heartbeat-etch-apache-crossover"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-etch-apache-debian2"
      # ttyS1, a null-modem cable to debian1, which has to run first
      cable = File.join(__dir__, "debian1-debian2.serial")
      cable = "\\\\.\\pipe\\heartbeat-etch-apache-debian1-debian2" if Vagrant::Util::Platform.windows?
      vb.customize ["modifyvm", :id, "--uart2", "0x2F8", "3", "--uartmode2", "client", cable]
    end
  end
end
