# -*- mode: ruby -*-
# vi: set ft=ruby :

# Lab everything: 3 machines with Debian 12, under VirtualBox.
#
# Network lan, 10.20.0.0/16: clients and service.
# Network crossover, 172.16.5.0/30: replication, over a cable between the servers.
# Network bonded, 192.168.77.0/24: two links that the servers bond.
# Address 10.20.0.20 on lan moves between the servers: the cluster sets it, not this file.

# The machines come up one after another, in the order below. Only when the last one is up can the
# cluster be built, for what is done on one machine needs what was done on others. So no provisioner
# runs by itself; the trigger of the last machine runs them, phase after phase.
ENV["VAGRANT_NO_PARALLEL"] = "yes"

Vagrant.configure("2") do |config|
  config.vm.box = "example.org/odd_box-1.0"
  config.vm.box_version = "~> 1.2, != 1.2.3"
  config.vm.box_url = "https://example.org/boxes/odd.json?token=a%20b"
  config.vm.box_download_checksum_type = "sha256"
  config.vm.box_download_checksum = "abababababababababababababababababababababababababababababababab"
  # A newer box is no news here: results are compared between runs.
  config.vm.box_check_update = false

  config.vm.boot_timeout = 900
  # The machines share nothing with the host.
  config.vm.synced_folder ".", "/vagrant", disabled: true
  # At its first boot each machine gets a key of its own, in place of the one that all boxes share.
  config.ssh.insert_key = true

  config.vm.provider "virtualbox" do |vb|
    # A machine has a disk of its own only for what differs from the box.
    vb.linked_clone = true
    vb.default_nic_type = "virtio"
    # Guest additions serve shared folders, of which there are none.
    vb.check_guest_additions = false
  end

  config.vm.define "sv01" do |node|
    node.vm.hostname = "sv01"
    node.vm.network "private_network",
                    ip: "10.20.0.11", netmask: "255.255.0.0",
                    virtualbox__intnet: "everything-lan"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "everything-sv01"
      vb.memory = 384
      vb.cpus = 1
      # ttyS0, the console
      console = "/var/tmp/lab/everything/nodes/sv01/console.log"
      vb.customize ["modifyvm", :id, "--uart1", "0x3F8", "4", "--uartmode1", "file", console]
    end

    node.vm.provision "01-greet", type: "shell", run: "never", inline: <<~'SCRIPT'
      #!/bin/sh
      echo 'hello from #{here}' > /etc/motd
    SCRIPT
  end

  config.vm.define "nfs01" do |node|
    node.vm.hostname = "nfs01"
    node.vm.network "private_network",
                    ip: "10.20.0.21", netmask: "255.255.0.0",
                    virtualbox__intnet: "everything-lan"
    node.vm.network "private_network",
                    ip: "172.16.5.1", netmask: "255.255.255.252",
                    virtualbox__intnet: "everything-crossover"
    node.vm.network "private_network",
                    auto_config: false,
                    virtualbox__intnet: "everything-bonded"
    node.vm.network "private_network",
                    auto_config: false,
                    virtualbox__intnet: "everything-bonded"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "everything-nfs01"
      vb.memory = 1024
      vb.cpus = 2
      disk = File.join(__dir__, "nfs01-data.vdi")
      unless File.exist?(disk)
        vb.customize ["storagectl", :id, "--name", "Disks", "--add", "scsi", "--controller", "LSILogic"]
        vb.customize ["createmedium", "disk", "--filename", disk, "--size", "2048"]
        vb.customize ["storageattach", :id, "--storagectl", "Disks", "--port", "0", "--type", "hdd", "--medium", disk]
      end
      disk = File.join(__dir__, "nfs01-meta.vdi")
      unless File.exist?(disk)
        vb.customize ["createmedium", "disk", "--filename", disk, "--size", "150"]
        vb.customize ["storageattach", :id, "--storagectl", "Disks", "--port", "1", "--type", "hdd", "--medium", disk]
      end
      # eth1 also takes frames for other stations.
      vb.customize ["modifyvm", :id, "--nicpromisc2", "allow-all"]
      # eth4 also takes frames for other stations.
      vb.customize ["modifyvm", :id, "--nicpromisc5", "allow-all"]
      # ttyS0, the console
      console = "/var/tmp/lab/everything/nodes/nfs01/console.log"
      vb.customize ["modifyvm", :id, "--uart1", "0x3F8", "4", "--uartmode1", "file", console]
      # ttyS1, a null-modem cable to nfs02
      cable = File.join(__dir__, "nfs01-nfs02.serial")
      cable = "\\\\.\\pipe\\everything-nfs01-nfs02" if Vagrant::Util::Platform.windows?
      vb.customize ["modifyvm", :id, "--uart2", "0x2F8", "3", "--uartmode2", "server", cable]
    end

    node.vm.provision "01-greet", type: "shell", run: "never", inline: <<~'SCRIPT_'
      #!/bin/sh
      	if true; then
      		echo "$HOSTNAME"
      	fi

      cat <<SCRIPT
        text
      SCRIPT
    SCRIPT_
    node.vm.provision "02-serve", type: "shell", run: "never", path: "scripts/02-serve-nfs01.sh"
  end

  config.vm.define "nfs02" do |node|
    node.vm.hostname = "nfs02"
    node.vm.network "private_network",
                    ip: "10.20.0.22", netmask: "255.255.0.0",
                    virtualbox__intnet: "everything-lan"
    node.vm.network "private_network",
                    ip: "172.16.5.2", netmask: "255.255.255.252",
                    virtualbox__intnet: "everything-crossover"
    node.vm.network "private_network",
                    auto_config: false,
                    virtualbox__intnet: "everything-bonded"
    node.vm.network "private_network",
                    auto_config: false,
                    virtualbox__intnet: "everything-bonded"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "everything-nfs02"
      vb.memory = 1024
      vb.cpus = 2
      disk = File.join(__dir__, "nfs02-data.vdi")
      unless File.exist?(disk)
        vb.customize ["storagectl", :id, "--name", "Disks", "--add", "scsi", "--controller", "LSILogic"]
        vb.customize ["createmedium", "disk", "--filename", disk, "--size", "2048"]
        vb.customize ["storageattach", :id, "--storagectl", "Disks", "--port", "0", "--type", "hdd", "--medium", disk]
      end
      # eth1 also takes frames for other stations.
      vb.customize ["modifyvm", :id, "--nicpromisc2", "allow-all"]
      # ttyS0, the console
      console = "/var/tmp/lab/everything/nodes/nfs02/console.log"
      vb.customize ["modifyvm", :id, "--uart1", "0x3F8", "4", "--uartmode1", "file", console]
      # ttyS1, a null-modem cable to nfs01, which has to run first
      cable = File.join(__dir__, "nfs01-nfs02.serial")
      cable = "\\\\.\\pipe\\everything-nfs01-nfs02" if Vagrant::Util::Platform.windows?
      vb.customize ["modifyvm", :id, "--uart2", "0x2F8", "3", "--uartmode2", "client", cable]
    end

    node.vm.provision "01-greet", type: "shell", run: "never", inline: "  echo all indented\n"

    node.trigger.after :up do |trigger|
      trigger.name = "Build the cluster"
      trigger.ruby do |env, machine|
        machines = ["sv01", "nfs01", "nfs02"].to_h do |name|
          [name, env.machine(name.to_sym, machine.provider_name)]
        end
        missing = machines.reject { |_, each| each.state.id == :running }.keys
        unless missing.empty?
          machine.ui.warn("the cluster is built when these are up, too: " + missing.join(", "))
          next
        end

        # What is done is written down, under the machines it was done on: new machines begin anew.
        journal = machine.data_dir.join("provisioned")
        done = journal.file? ? journal.readlines(chomp: true) : []
        identity = machines.values.map(&:id).join(" ")
        done = [identity] unless done.first == identity
        [
          ["01-greet", ["sv01", "nfs01", "nfs02"]],
          ["02-serve", ["nfs01"]],
        ].each do |phase, names|
          names.each do |name|
            step = [phase, name].join(" ")
            next if done.include?(step)

            machines[name].action(:provision, provision_types: [phase.to_sym])
            done << step
            journal.write(done.join("\n"))
          end
        end
      end
    end
  end
end
