// mailtool serve: a mail server, until a signal comes.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <optional>
#include <utility>

#include "app/commands.h"
#include "app/end_waits.h"
#include "app/json.h"
#include "app/serve_authority.h"
#include "app/serve_doors.h"
#include "app/serve_identity.h"
#include "app/serve_loop.h"
#include "app/serve_program.h"
#include "app/serve_queue_runner.h"
#include "app/serve_root.h"
#include "app/serve_site.h"
#include "app/serve_waiting.h"
#include "app/serve_zone.h"
#include "app/signals.h"
#include "mailtool/net/local_addresses.h"

namespace mailtool::app {
namespace {

Result<void> tell_plan(const ServeOptions& options, bool as_json, Output& out) {
  JsonWriter json(out);
  for (const auto& door : options.doors) {
    if (as_json) {
      json.begin_object().field("type", "server").field("name", door.name);
      json.field("would", "listen");
      json.field("address", door.endpoint.address.to_string());
      json.field("port", unsigned{door.endpoint.port});
      json.field("fixed", door.fixed).end_object();
      if (auto wrote = json.end_line(); !wrote) return wrote;
      continue;
    }
    auto wrote = out.write("would listen: " + std::string(door.name) + " " +
                           door.endpoint.to_string() +
                           (door.fixed ? "\n" : ", or the next free\n"));
    if (!wrote) return wrote;
  }
  return {};
}

// What a client may call these servers.
net::CertificateNames names_of(const ServeOptions& options) {
  net::CertificateNames names{{"localhost"}, {}};
  const auto add = [](auto& to, const auto& one) {
    if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
  };
  for (const auto& domain : options.domains) add(names.hosts, domain);
  for (const auto* loopback : {"127.0.0.1", "::1"}) {
    add(names.addresses, *net::IpAddress::parse(loopback));
  }
  for (const auto& door : options.doors) {
    const auto& address = door.endpoint.address;
    add(names.addresses, reachable(address));
    if (reachable(address) == address) continue;
    for (const auto& one : net::local_addresses()) add(names.addresses, one);
  }
  return names;
}

// That of a server that runs is there to be read; else it is made.
Result<ExitStatus> print_authority(const ServeOptions& options, Output& out) {
  if (options.root.empty()) {
    return Error{ErrorKind::usage, "--print-ca and a program exclude each other"}
        .with_hint("the program finds the file's name in MAIL_CA");
  }
  auto authority = read_authority(options.root);
  if (!authority) {
    const auto root = ServeRoot::open(options.root);
    if (!root) return root.error();
    const auto made =
        server_identity(root->folder(), names_of(options), ::time(nullptr));
    if (!made) return made.error();
    authority = read_authority(options.root);
  }
  if (!authority) return std::move(authority).error();
  if (auto wrote = out.write(*authority); !wrote) {
    return std::move(wrote).error();
  }
  return ExitStatus::ok;
}

// Mail of users for other domains, where there is a way for it.
Result<std::optional<ServeQueueRunner>> open_relay(
    const std::optional<ServeWay>& way, const ServeRoot& root,
    ServeSite& site) {
  std::optional<ServeQueueRunner> runner;
  if (!way) return runner;
  auto relay = ServeRelay::open(root.state(), way->host);
  if (!relay) return std::move(relay).error();
  site.relay(*std::move(relay));
  auto started = ServeQueueRunner::start(root.state(), *way);
  if (!started) return std::move(started).error();
  runner.emplace(*std::move(started));
  return runner;
}

void tell_waiting(const ServeRoot& root) {
  const auto waits = waiting_text(root.state());
  if (!waits.empty()) warn("serve", waits);
}

// All outlive the loop.
void open_to_clients(OpenDoor& one, ServeSite& site, const net::NameZone& zone,
                     ServeLoop& loop) {
  if (one.door.protocol != ServeProtocol::dns) {
    return loop.listen(
        std::move(one.listener),
        [&site, door = one.door](const std::string& peer) {
          return site.session(door, peer);
        },
        site.busy(one.door), one.door.implicit_tls);
  }
  loop.listen(std::move(one.listener),
              [&zone](const std::string&) { return make_name_session(zone); });
  auto& datagrams = *one.datagrams;
  loop.watch(datagrams.descriptor(), [&zone, &datagrams] {
    datagrams.serve([&zone](std::string_view question) {
      return zone.answer(question, true);
    });
  });
}

// What comes there is nothing to us, but its end.
void end_with_input(ServeLoop& loop) {
  loop.watch(STDIN_FILENO, [] {
    std::array<char, 4096> lost;
    const auto count = ::read(STDIN_FILENO, lost.data(), lost.size());
    if (count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN))) return;
    end_waits();
  });
}

// Until the program ends. A first signal is for it, and what it does then it may
// need the servers for; ^C on a terminal it has had already. A second one says
// that it is to end, whatever it thinks of that.
Result<ExitStatus> run_with(const std::vector<std::string>& words,
                            const ServeProgram::Variables& environment,
                            ServeLoop& loop) {
  auto program = ServeProgram::start(words, environment);
  if (!program) return std::move(program).error();
  loop.watch(SecondSignal::fd(), [&program] {
    std::uint64_t came = 0;
    (void)!::read(SecondSignal::fd(), &came, sizeof came);
    program->send(SIGKILL);
  });
  loop.run(interrupt_fd());
  if (!program->has_ended()) {
    if (caught_signal() != SIGINT) program->send(SIGTERM);
    loop.run(program->ended_fd());
  }
  loop.dismiss_all();
  signal_is_passed_on();
  return program->status();
}

}  // namespace

Result<ExitStatus> serve(const Invocation& invocation, Output& out) {
  const auto options = read_serve_options(invocation);
  if (!options) return options.error();
  if (invocation.options.has("print-ca")) return print_authority(*options, out);
  if (invocation.dry_run()) {
    if (auto told = tell_plan(*options, invocation.json(), out); !told) {
      return std::move(told).error();
    }
    return ExitStatus::ok;
  }
  // A folder for temporary files is to be removed, whoever is impatient.
  const SecondSignal second;
  const auto root = ServeRoot::open(options->root);
  if (!root) return root.error();
  std::optional<ServeIdentity> identity;
  if (options->tls) identity.emplace(root->folder(), names_of(*options));
  ServeSite site(*options, root->mail(), root->temporary());
  if (auto added = site.add_users(*options, invocation); !added) {
    return std::move(added).error();
  }
  if (auto opened = site.open(*options); !opened) {
    return std::move(opened).error();
  }
  auto doors = open_doors(*options);
  if (!doors) return std::move(doors).error();
  const auto zone = zone_of(*options, *doors);
  if (!zone) return zone.error();
  const auto way = way_out(*options, *doors);
  if (!way && !invocation.quiet()) tell_waiting(*root);
  auto runner = open_relay(way, *root, site);
  if (!runner) return std::move(runner).error();
  ServeLoop loop(site.disk());
  loop.rate(options->trial.rate);
  loop.upkeep([&site, &runner = *runner] {
    site.upkeep();
    if (runner) runner->upkeep();
  });
  if (identity) {
    if (auto ready = identity->ready(); !ready) {
      return std::move(ready).error();
    }
    loop.identity([&identity] { return identity->get(); });
    site.tls([&identity] { return identity->get() != nullptr; });
  }
  // With a program the standard output is its own.
  if (options->program.empty() || invocation.json()) {
    auto told = write_ready(*doors, *options, *root, out);
    if (!told) return std::move(told).error();
  }
  const auto environment = variables(*doors, *options, *root);
  for (auto& one : *doors) open_to_clients(one, site, *zone, loop);
  if (options->program.empty()) {
    if (options->until_eof) end_with_input(loop);
    loop.run(interrupt_fd());
    loop.dismiss_all();
    return ExitStatus::ok;
  }
  return run_with(options->program, environment, loop);
}

}  // namespace mailtool::app
