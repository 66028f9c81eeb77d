# What the Vagrantfile takes from settings.yaml. The same as lib/cluster/vagrant/machine-environment.ts makes of it; a test compares.
require "ipaddr"
require "json"
require "yaml"

Node = Struct.new(:name, :address, :pods, :memory, :cpus)

class Lab
  attr_reader :nodes, :cluster, :bundle

  def initialize(root, env)
    file = [env["WORKSHOP_SETTINGS"], File.join(root, "settings.yaml")].find { |name| name && !name.empty? }
    @settings = YAML.safe_load(File.read(file))
    raise TypeError, "it is not a map of fields" unless @settings.is_a?(Hash)
    @network = @settings.fetch("network")
    @vagrant = @settings["vagrant"] || {}
    @cluster = env["WORKSHOP_NAME"] || "#{@settings.fetch("cluster").fetch("name")}-vagrant"
    @bundle = env["WORKSHOP_BUNDLE"] || default_bundle(env)
    @boxes = File.join(env["VAGRANT_HOME"] || File.join(Dir.home, ".vagrant.d"), "boxes")
    @nodes = @settings.fetch("nodes").each_with_index.map { |node, index| machine(node, index) }
  rescue SystemCallError, Psych::Exception, KeyError, TypeError => error
    raise "could not use the settings #{file}: #{error.message}. Try workshop doctor --backend vagrant."
  end

  # The box that `workshop box build` made, where there is one.
  def box
    wanted = @vagrant["box"] || "auto"
    return wanted unless wanted == "auto"
    File.directory?(File.join(@boxes, "workshop-lab")) ? "workshop-lab" : "debian/trixie64"
  end

  def driver
    wanted = @vagrant["driver"] || "auto"
    return wanted unless wanted == "auto"
    kvm? ? "kvm" : "qemu"
  end

  def bundle?
    File.file?(File.join(@bundle, "bundle.img"))
  end

  def netmask
    IPAddr.new("255.255.255.255").mask(@network.fetch("nodes").split("/").last.to_i).to_s
  end

  # For the scripts in this folder.
  def environment(node)
    {
      "NODE_NAME" => node.name,
      "NODE_IP" => node.address,
      "NODE_PODS" => node.pods,
      "NODES" => @nodes.map { |each| "#{each.name},#{each.address},#{each.pods}" }.join(" "),
      "MASTER_IP" => @nodes.first.address,
      "LAN" => @network.fetch("nodes"),
      "POD_CIDR" => @network.fetch("pods"),
      "SERVICE_CIDR" => @network.fetch("services"),
      "NODE_PORTS" => @network.fetch("nodePorts"),
      "DOMAIN" => @network.fetch("domain"),
    }
  end

  private

  # A KVM without the processor's own virtualization (a device passed into a guest, say) cannot run these machines.
  def kvm?
    File.readable?("/dev/kvm") && File.writable?("/dev/kvm") && File.read("/proc/cpuinfo").match?(/^flags.* (vmx|svm)\b/)
  end

  def machine(node, index)
    size = @vagrant[index.zero? ? "master" : "workers"] || {}
    Node.new(node.fetch("name"), node.fetch("address"), pods_of(index),
      size["memory"] || (index.zero? ? 4096 : 2048), size["cpus"] || (index.zero? ? 2 : 1))
  end

  # Each node has a /24 of the pods' network.
  def pods_of(index)
    IPAddr.new(IPAddr.new(@network.fetch("pods")).to_i + index * 256, Socket::AF_INET).to_s + "/24"
  end

  def default_bundle(env)
    data = env["WORKSHOP_DATA_DIR"] || File.join(env["XDG_DATA_HOME"] || File.join(Dir.home, ".local", "share"), "workshop")
    File.join(data, "bundle")
  end
end

# ruby scripts/provision/environment.rb: what it makes of the settings, for the test.
if $PROGRAM_NAME == __FILE__
  lab = Lab.new(File.expand_path("../..", __dir__), ENV)
  machines = lab.nodes.map { |node| { memory: node.memory, cpus: node.cpus, environment: lab.environment(node) } }
  puts JSON.generate(cluster: lab.cluster, netmask: lab.netmask, bundle: lab.bundle, machines: machines)
end
