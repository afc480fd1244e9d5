# -*- mode: ruby -*-
# vi: set ft=ruby :

# Lab everything: 3 machines with Debian 12, under libvirt.
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

  # The plugin writes paths into XML as they are.
  require "cgi"

  # The host has no address on a network, so that labs with the same addresses can run side by side.
  isolated = {
    libvirt__forward_mode: "veryisolated",
    libvirt__dhcp_enabled: false,
    # No network has a loop. With spanning tree, a cable that is plugged in would carry nothing for seconds.
    libvirt__bridge_stp: false
  }

  config.vm.provider "libvirt" do |libvirt|
    # Domains are called everything-sv01 and so on.
    libvirt.default_prefix = "everything-"
    # Emulation: what a processor does takes several times as long.
    libvirt.driver = "qemu"
    libvirt.cpu_mode = "custom"
    libvirt.cpu_model = "qemu64"
    libvirt.nic_model_type = "virtio"
    libvirt.disk_bus = "virtio"
    # A flush of a guest ends in the host's memory: several machines on one disk would measure that disk.
    libvirt.disk_driver cache: "unsafe"
    # Nobody looks at a screen.
    libvirt.graphics_type = "none"
    libvirt.video_type = "none"
    libvirt.usb_controller model: "none"
    libvirt.random model: "random"
    # The machines can be reached from the host, and reach nothing beyond it.
    libvirt.management_network_name = "lab-management"
    libvirt.management_network_address = "192.168.124.0/24"
    libvirt.management_network_mode = "none"
    libvirt.management_network_guest_ipv6 = "no"
  end

  config.vm.define "sv01" do |node|
    node.vm.hostname = "sv01"
    node.vm.network "private_network",
                    ip: "10.20.0.11", netmask: "255.255.0.0",
                    libvirt__network_name: "everything-lan", **isolated
    node.vm.provider "libvirt" do |libvirt|
      libvirt.memory = 384
      libvirt.cpus = 1
      # ttyS0, the console
      console = "/var/tmp/lab/everything/nodes/sv01/console.log"
      libvirt.serial type: "file", source: { path: CGI.escapeHTML(console) }
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
                    libvirt__network_name: "everything-lan", **isolated
    node.vm.network "private_network",
                    ip: "172.16.5.1", netmask: "255.255.255.252",
                    libvirt__network_name: "everything-crossover", **isolated
    node.vm.network "private_network",
                    auto_config: false,
                    libvirt__network_name: "everything-bonded", **isolated
    node.vm.network "private_network",
                    auto_config: false,
                    libvirt__network_name: "everything-bonded", **isolated
    node.vm.provider "libvirt" do |libvirt|
      libvirt.memory = 1024
      libvirt.cpus = 2
      libvirt.storage :file, size: "2048M", bus: "virtio", serial: "data", cache: "unsafe"
      libvirt.storage :file, size: "150M", bus: "virtio", serial: "meta", cache: "unsafe"
      # ttyS0, the console
      console = "/var/tmp/lab/everything/nodes/nfs01/console.log"
      libvirt.serial type: "file", source: { path: CGI.escapeHTML(console) }
      # ttyS1, a null-modem cable to nfs02: port 20034 of the host
      libvirt.qemuargs value: "-chardev"
      libvirt.qemuargs value: "socket,id=cable,host=127.0.0.1,port=20034,server=on,wait=off"
      libvirt.qemuargs value: "-device"
      libvirt.qemuargs value: "isa-serial,chardev=cable,index=1"
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
                    libvirt__network_name: "everything-lan", **isolated
    node.vm.network "private_network",
                    ip: "172.16.5.2", netmask: "255.255.255.252",
                    libvirt__network_name: "everything-crossover", **isolated
    node.vm.network "private_network",
                    auto_config: false,
                    libvirt__network_name: "everything-bonded", **isolated
    node.vm.network "private_network",
                    auto_config: false,
                    libvirt__network_name: "everything-bonded", **isolated
    node.vm.provider "libvirt" do |libvirt|
      libvirt.memory = 1024
      libvirt.cpus = 2
      libvirt.storage :file, size: "2048M", bus: "virtio", serial: "data", cache: "unsafe"
      # ttyS0, the console
      console = "/var/tmp/lab/everything/nodes/nfs02/console.log"
      libvirt.serial type: "file", source: { path: CGI.escapeHTML(console) }
      # ttyS1, a null-modem cable to nfs01: port 20034 of the host
      libvirt.qemuargs value: "-chardev"
      libvirt.qemuargs value: "socket,id=cable,host=127.0.0.1,port=20034,reconnect=1"
      libvirt.qemuargs value: "-device"
      libvirt.qemuargs value: "isa-serial,chardev=cable,index=1"
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
