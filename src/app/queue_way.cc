#include "app/queue_way.h"

#include <cstdlib>
#include <filesystem>

#include "app/config.h"
#include "app/mx_delivery.h"
#include "app/mx_options.h"
#include "app/send_submission.h"

namespace mailtool::app {
namespace {

// However slowly a server answers, it is left after this time.
constexpr std::string_view kDeadline = "30min";

std::optional<std::string> from_environment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

std::string absolute(const std::string& path) {
  std::error_code failed;
  const auto whole = std::filesystem::absolute(path, failed);
  return failed ? path : whole.lexically_normal().string();
}

bool comes_from_file(const std::string& origin) {
  return origin != "command line" && !origin.starts_with("MAILTOOL_");
}

// As it can be used from another folder, at another time.
Result<std::string> lasting(const Option& option, const std::string& text) {
  if (option.kind == ValueKind::file) return absolute(text);
  if (option.kind != ValueKind::secret) return text;
  if (text.starts_with("fd:")) {
    return Error{ErrorKind::usage,
                 "a descriptor cannot be read again when the queue is run",
                 "--" + std::string(option.name), "",
                 "file:PATH, cmd:PROGRAM and keyring can"};
  }
  constexpr std::string_view kFile = "file:";
  if (!text.starts_with(kFile)) return text;
  return std::string(kFile) + absolute(text.substr(kFile.size()));
}

bool is_of_the_way(const Option& option) {
  // What composes a message has done its work.
  if (option.group == "Composing") return false;
  return option.configurable || option.name == "server" ||
         option.name == "resolve" || option.name == "account";
}

struct Sources {
  const std::vector<std::pair<std::string, std::string>>& options;
  std::string config;
  std::string account;
  Environment environment;
};

Sources sources_of(const QueueState& state, const ServedWay& served) {
  if (!state.served) {
    return {state.options, state.config, state.account, from_environment};
  }
  return {served.options, "/dev/null", "",
          [](std::string_view) { return std::nullopt; }};
}

Result<OptionValues> resolve(const Sources& from) {
  OptionValues typed;
  for (const auto& [name, value] : from.options) {
    const auto known = options_of(kSendCommand);
    if (find_option(known, name) == nullptr) {
      return Error{ErrorKind::config, "knows no option --" + name, "queue"};
    }
    typed.add(name, {value, "command line"});
  }
  if (!from.config.empty()) typed.set("config", {from.config, "command line"});
  const auto config = load_config(typed, from.environment);
  if (!config) return config.error();
  return resolve_options(kSendCommand, std::move(typed), from.environment,
                         *config, from.account);
}

}  // namespace

std::string QueueWay::reporting_host() const {
  return since == 0 ? "" : invocation.options.get_or("helo", "");
}

Result<void> note_way(const Invocation& send, QueueState& state) {
  state.account = send.account;
  if (const auto config = send.options.get("config")) {
    state.config = absolute(*config);
  }
  for (const auto* option : options_of(kSendCommand)) {
    const auto& options = send.options;
    if (!is_of_the_way(*option) || !options.has(option->name) ||
        comes_from_file(options.origin(option->name))) {
      continue;
    }
    for (const auto& text : options.all(option->name)) {
      auto value = lasting(*option, text);
      if (!value) return std::move(value).error();
      state.options.emplace_back(option->name, std::move(*value));
    }
  }
  return {};
}

Result<QueueWay> resolve_way(const Invocation& run, const QueueState& state,
                             const Result<ServedWay>& served) {
  if (state.served && !served) return served.error();
  if (state.served && served->since == 0) {
    return Error{ErrorKind::config,
                 "the server that queued it has left no way to send", "queue",
                 "", "the next start of it writes one"};
  }
  auto options = resolve(sources_of(state, served ? *served : ServedWay{}));
  if (!options) return std::move(options).error();

  QueueWay way;
  if (state.served) {
    way.since = served->since;
    for (const auto& one : served->own) way.servers[one.domain] = one.server;
  }
  way.invocation = run;
  way.invocation.command = "send";
  way.invocation.arguments.clear();
  way.invocation.account = state.account;
  way.invocation.options = std::move(*options);
  auto& all = way.invocation.options;
  if (!all.has("deadline")) {
    all.set("deadline", {std::string(kDeadline), "queue"});
  }
  // Units of work go side by side already.
  all.set("jobs", {"1", "queue"});
  for (const std::string_view name : {"verbose", "quiet", "timeout"}) {
    if (const auto value = run.options.get(name)) all.set(name, {*value, "queue"});
  }
  if (all.has("mx")) return way;
  const auto server = all.get("server");
  if (!server) {
    return Error{ErrorKind::config, "no way to send is configured (any more)",
                 state.account.empty() ? "queue" : "account " + state.account};
  }
  auto url = parse_server_url(*server, {"smtp", "smtps", "lmtp"});
  if (!url) return std::move(url).error();
  way.url = std::move(*url);
  return way;
}

std::string way_key(const QueueState& state) {
  if (state.served) return "served";
  std::string key = state.config + '\n' + state.account;
  for (const auto& [name, value] : state.options) {
    key += '\n' + name + '=' + value;
  }
  return key;
}

Result<QueueRoute> make_route(const QueueWay& way) {
  QueueRoute made;
  auto connector = Connector::make(way.invocation);
  if (!connector) return std::move(connector).error();
  made.connector = std::move(*connector);
  if (way.url) {
    made.route = std::make_unique<Submission>(way.invocation, *made.connector,
                                              *way.url, nullptr);
    return made;
  }
  auto port = mx_port(way.invocation.options);
  if (!port) return std::move(port).error();
  auto mx = MxOptions::read(way.invocation.options, *port);
  if (!mx) return std::move(mx).error();
  mx->servers = way.servers;
  made.route =
      std::make_unique<MxDelivery>(way.invocation, *made.connector, *mx);
  return made;
}

}  // namespace mailtool::app
