# -*- mode: ruby -*-
# vi: set ft=ruby :

# Lab heartbeat-sarge: 4 machines with Debian 12 (bookworm), under VirtualBox.
#
# Network cluster, 192.168.33.0/24: heartbeat, replication and NFS.
# Address 192.168.33.20 on cluster moves between the servers: the cluster sets it, not this file.

# The machines come up one after another, in the order below. Only when the last one is up can the
# cluster be built, for what is done on one machine needs what was done on others. So no provisioner
# runs by itself; the trigger of the last machine runs them, phase after phase.
ENV["VAGRANT_NO_PARALLEL"] = "yes"

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
                    virtualbox__intnet: "heartbeat-sarge-cluster"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-sarge-sv01"
    end

    node.vm.provision "00-list-of-packages", type: "shell", run: "never", path: "scripts/00-list-of-packages-sv01.sh"
    node.vm.provision "01-write-etc-hosts", type: "shell", run: "never", path: "scripts/01-write-etc-hosts-sv01.sh"
    node.vm.provision "02-create-the-image-files", type: "shell", run: "never", path: "scripts/02-create-the-image-files-sv01.sh"
    node.vm.provision "03-restart-both", type: "shell", run: "never", path: "scripts/03-restart-both-sv01.sh"
    node.vm.provision "14-wait-for-nfs01-to-see-nfs02-active", type: "shell", run: "never", path: "scripts/14-wait-for-nfs01-to-see-nfs02-active-sv01.sh"
    node.vm.provision "15-create-data-and-its-line-in-etc-fstab", type: "shell", run: "never", path: "scripts/15-create-data-and-its-line-in-etc-fstab-sv01.sh"
    node.vm.provision "16-wait-for-the-mount-to-answer", type: "shell", run: "never", path: "scripts/16-wait-for-the-mount-to-answer-sv01.sh"
  end

  config.vm.define "sv02" do |node|
    node.vm.hostname = "sv02"
    node.vm.network "private_network",
                    ip: "192.168.33.12", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-sarge-cluster"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-sarge-sv02"
    end

    node.vm.provision "00-list-of-packages", type: "shell", run: "never", path: "scripts/00-list-of-packages-sv02.sh"
    node.vm.provision "01-write-etc-hosts", type: "shell", run: "never", path: "scripts/01-write-etc-hosts-sv02.sh"
    node.vm.provision "02-create-the-image-files", type: "shell", run: "never", path: "scripts/02-create-the-image-files-sv02.sh"
    node.vm.provision "03-restart-both", type: "shell", run: "never", path: "scripts/03-restart-both-sv02.sh"
    node.vm.provision "04-wait-for-every-node-to-follow-sv01", type: "shell", run: "never", path: "scripts/04-wait-for-every-node-to-follow-sv01-sv02.sh"
    node.vm.provision "14-wait-for-nfs01-to-see-nfs02-active", type: "shell", run: "never", path: "scripts/14-wait-for-nfs01-to-see-nfs02-active-sv02.sh"
    node.vm.provision "15-create-data-and-its-line-in-etc-fstab", type: "shell", run: "never", path: "scripts/15-create-data-and-its-line-in-etc-fstab-sv02.sh"
    node.vm.provision "16-wait-for-the-mount-to-answer", type: "shell", run: "never", path: "scripts/16-wait-for-the-mount-to-answer-sv02.sh"
  end

  config.vm.define "nfs01" do |node|
    node.vm.hostname = "nfs01"
    node.vm.network "private_network",
                    ip: "192.168.33.21", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-sarge-cluster"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-sarge-nfs01"
    end

    node.vm.provision "00-list-of-packages", type: "shell", run: "never", path: "scripts/00-list-of-packages-nfs01.sh"
    node.vm.provision "01-write-etc-hosts", type: "shell", run: "never", path: "scripts/01-write-etc-hosts-nfs01.sh"
    node.vm.provision "02-create-the-image-files", type: "shell", run: "never", path: "scripts/02-create-the-image-files-nfs01.sh"
    node.vm.provision "03-restart-both", type: "shell", run: "never", path: "scripts/03-restart-both-nfs01.sh"
    node.vm.provision "04-wait-for-every-node-to-follow-sv01", type: "shell", run: "never", path: "scripts/04-wait-for-every-node-to-follow-sv01-nfs01.sh"
    node.vm.provision "05-take-nfs-out-of-the-boot-and-stop-it", type: "shell", run: "never", path: "scripts/05-take-nfs-out-of-the-boot-and-stop-it-nfs01.sh"
    node.vm.provision "06-wait-for-the-servers-to-be-connected", type: "shell", run: "never", path: "scripts/06-wait-for-the-servers-to-be-connected-nfs01.sh"
    node.vm.provision "07-declare-both-replicas-equal", type: "shell", run: "never", path: "scripts/07-declare-both-replicas-equal-nfs01.sh"
    node.vm.provision "08-wait-for-both-replicas-to-be-uptodate", type: "shell", run: "never", path: "scripts/08-wait-for-both-replicas-to-be-uptodate-nfs01.sh"
    node.vm.provision "09-make-the-file-system", type: "shell", run: "never", path: "scripts/09-make-the-file-system-nfs01.sh"
    node.vm.provision "10-create-data", type: "shell", run: "never", path: "scripts/10-create-data-nfs01.sh"
    node.vm.provision "11-move-var-lib-nfs-and-create-the-export", type: "shell", run: "never", path: "scripts/11-move-var-lib-nfs-and-create-the-export-nfs01.sh"
    node.vm.provision "12-point-var-lib-nfs-at-the-same-place", type: "shell", run: "never", path: "scripts/12-point-var-lib-nfs-at-the-same-place-nfs01.sh"
    node.vm.provision "13-start-drbd-and-heartbeat-now-and-at", type: "shell", run: "never", path: "scripts/13-start-drbd-and-heartbeat-now-and-at-nfs01.sh"
    node.vm.provision "14-wait-for-nfs01-to-see-nfs02-active", type: "shell", run: "never", path: "scripts/14-wait-for-nfs01-to-see-nfs02-active-nfs01.sh"
  end

  config.vm.define "nfs02" do |node|
    node.vm.hostname = "nfs02"
    node.vm.network "private_network",
                    ip: "192.168.33.22", netmask: "255.255.255.0",
                    virtualbox__intnet: "heartbeat-sarge-cluster"
    node.vm.provider "virtualbox" do |vb|
      vb.name = "heartbeat-sarge-nfs02"
    end

    node.vm.provision "00-list-of-packages", type: "shell", run: "never", path: "scripts/00-list-of-packages-nfs02.sh"
    node.vm.provision "01-write-etc-hosts", type: "shell", run: "never", path: "scripts/01-write-etc-hosts-nfs02.sh"
    node.vm.provision "02-create-the-image-files", type: "shell", run: "never", path: "scripts/02-create-the-image-files-nfs02.sh"
    node.vm.provision "03-restart-both", type: "shell", run: "never", path: "scripts/03-restart-both-nfs02.sh"
    node.vm.provision "04-wait-for-every-node-to-follow-sv01", type: "shell", run: "never", path: "scripts/04-wait-for-every-node-to-follow-sv01-nfs02.sh"
    node.vm.provision "05-take-nfs-out-of-the-boot-and-stop-it", type: "shell", run: "never", path: "scripts/05-take-nfs-out-of-the-boot-and-stop-it-nfs02.sh"
    node.vm.provision "06-wait-for-the-servers-to-be-connected", type: "shell", run: "never", path: "scripts/06-wait-for-the-servers-to-be-connected-nfs02.sh"
    node.vm.provision "08-wait-for-both-replicas-to-be-uptodate", type: "shell", run: "never", path: "scripts/08-wait-for-both-replicas-to-be-uptodate-nfs02.sh"
    node.vm.provision "10-create-data", type: "shell", run: "never", path: "scripts/10-create-data-nfs02.sh"
    node.vm.provision "12-point-var-lib-nfs-at-the-same-place", type: "shell", run: "never", path: "scripts/12-point-var-lib-nfs-at-the-same-place-nfs02.sh"
    node.vm.provision "13-start-drbd-and-heartbeat-now-and-at", type: "shell", run: "never", path: "scripts/13-start-drbd-and-heartbeat-now-and-at-nfs02.sh"
    node.vm.provision "14-wait-for-nfs01-to-see-nfs02-active", type: "shell", run: "never", path: "scripts/14-wait-for-nfs01-to-see-nfs02-active-nfs02.sh"

    node.trigger.after :up do |trigger|
      trigger.name = "Build the cluster"
      trigger.ruby do |env, machine|
        machines = ["sv01", "sv02", "nfs01", "nfs02"].to_h do |name|
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
          ["00-list-of-packages", ["sv01", "sv02", "nfs01", "nfs02"]],
          ["01-write-etc-hosts", ["sv01", "sv02", "nfs01", "nfs02"]],
          ["02-create-the-image-files", ["sv01", "sv02", "nfs01", "nfs02"]],
          ["03-restart-both", ["sv01", "sv02", "nfs01", "nfs02"]],
          ["04-wait-for-every-node-to-follow-sv01", ["sv02", "nfs01", "nfs02"]],
          ["05-take-nfs-out-of-the-boot-and-stop-it", ["nfs01", "nfs02"]],
          ["06-wait-for-the-servers-to-be-connected", ["nfs01", "nfs02"]],
          ["07-declare-both-replicas-equal", ["nfs01"]],
          ["08-wait-for-both-replicas-to-be-uptodate", ["nfs01", "nfs02"]],
          ["09-make-the-file-system", ["nfs01"]],
          ["10-create-data", ["nfs01", "nfs02"]],
          ["11-move-var-lib-nfs-and-create-the-export", ["nfs01"]],
          ["12-point-var-lib-nfs-at-the-same-place", ["nfs01", "nfs02"]],
          ["13-start-drbd-and-heartbeat-now-and-at", ["nfs01", "nfs02"]],
          ["14-wait-for-nfs01-to-see-nfs02-active", ["sv01", "sv02", "nfs01", "nfs02"]],
          ["15-create-data-and-its-line-in-etc-fstab", ["sv01", "sv02"]],
          ["16-wait-for-the-mount-to-answer", ["sv01", "sv02"]],
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
