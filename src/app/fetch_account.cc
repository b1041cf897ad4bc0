#include "app/fetch_account.h"

#include <algorithm>

#include "app/fetch_adopt.h"
#include "app/fetch_session.h"
#include "app/session_logs.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

using std::chrono::milliseconds;

class DialledServer : public FetchServer {
 public:
  DialledServer(Connector& connector, const ServerUrl& url)
      : connector_(connector), url_(url) {}

  Result<Stream*> connect() override {
    auto opened = connector_.open(url_);
    if (!opened) return std::move(opened).error();
    connection_ = *std::move(opened);
    return connection_.stream.get();
  }
  [[nodiscard]] TlsMode tls_mode() const override {
    return connector_.tls_mode();
  }
  Result<sasl::Credentials> credentials() override {
    return connector_.credentials(url_);
  }
  [[nodiscard]] sasl::Policy auth_policy() const override {
    return connector_.auth_policy(connection_);
  }
  [[nodiscard]] std::chrono::milliseconds timeout() const override {
    return connector_.timeout();
  }
  [[nodiscard]] Connector* connector() override { return &connector_; }

 private:
  Connector& connector_;
  const ServerUrl& url_;
  Connection connection_;
};

// A lock is not waited for beyond --deadline.
milliseconds patience(const FetchOptions& options) {
  if (!options.end) return options.wait;
  const auto left = std::chrono::duration_cast<milliseconds>(
      *options.end - FetchOptions::Clock::now());
  return std::clamp(left, milliseconds(0), options.wait);
}

// Opening has removed them, so that they are told of once.
void tell_damaged(const FetchOptions& options, const FetchState& state,
                  const FetchReport& report) {
  for (std::size_t i = 0; i < state.journals.size(); ++i) {
    const auto lines = state.journals[i]->damaged();
    if (lines == 0) continue;
    const auto where = i < options.destinations.size()
                           ? " of " + options.destinations[i].to_string()
                           : "";
    report.say(printable("the journal" + where) + " has damaged lines (" +
               std::to_string(lines) +
               "): the messages they knew count as new");
  }
}

// Seconds are the unit, and seldom what is meant where mail is deleted.
void tell_bare_duration(const OptionValues& options,
                        const FetchReport& report) {
  const auto text = options.get_or("delete-after", "");
  const auto bare = parse_number(text);
  if (!bare || *bare == 0) return;
  report.say("--delete-after " + text + " is " + text +
             (*bare == 1 ? " second" : " seconds") + "; write " + text +
             "d for days");
}

}  // namespace

FetchAccount::FetchAccount(const Invocation& invocation, FetchCommon& common)
    : invocation_(invocation), common_(common) {}

FetchAccount::~FetchAccount() = default;

std::string FetchAccount::name() const {
  return invocation_.account.empty() ? identity_ : invocation_.account;
}

void FetchAccount::give_up(Error error) { failed_ = std::move(error); }

void FetchAccount::prepare() {
  if (auto fine = check(); !fine) give_up(std::move(fine).error());
}

Result<void> FetchAccount::check() {
  auto options = fetch_options(invocation_);
  if (!options) return std::move(options).error();
  auto connector = Connector::make(invocation_, &common_.logs);
  if (!connector) return std::move(connector).error();
  connector_ = *std::move(connector);
  const auto& url = options->url;
  if (!connector_->wants_login(url)) {
    return Error{ErrorKind::usage, "no user to log in as"}.with_hint(
        "name one: " + url.scheme + "://USER@" + url.host + ", or --user NAME");
  }
  identity_ = maildrop_identity(connector_->user(url), url);
  options_ = *std::move(options);
  return {};
}

void FetchAccount::ask() {
  if (failed_ || !options_->imports.empty()) return;
  const auto& options = invocation_.options;
  const bool asks = options.get_or("token-from", "") == "prompt" ||
                    options.get_or("password-from", "prompt") == "prompt";
  if (!asks) return;
  auto credentials = connector_->credentials(options_->url);
  if (!credentials) {
    give_up(at_server(std::move(credentials).error(), options_->url));
  }
}

// Among others, the account's name comes first.
Error FetchAccount::named(Error error) const {
  if (!common_.several) return error;
  const auto account = printable(name());
  error.step = error.step.empty() ? account : account + ": " + error.step;
  return error;
}

Result<void> FetchAccount::fetch(FetchReport& report) {
  auto options = *options_;
  options.wait = patience(options);
  auto state = open_fetch_state(options, identity_);
  if (!state) {
    auto error = std::move(state).error();
    if (error.kind == ErrorKind::busy && options_->wait == milliseconds(0)) {
      error.hint = "--wait DURATION waits for it to end";
    }
    return error;
  }
  tell_damaged(options, *state, report);
  if (!options.imports.empty()) {
    return import_states(options, identity_, state->journals, report);
  }
  DialledServer server(*connector_, options.url);
  return run_fetch(options, identity_, *state, server, report, common_.out);
}

Result<ExitStatus> FetchAccount::run(Sink& data) {
  auto label = options_ ? options_->url.to_string() : std::string();
  if (common_.several) {
    label = printable(name()) + (label.empty() ? "" : ": " + label);
  }
  FetchReport report(invocation_, data, name(), label, &common_.progress);
  if (common_.several) report.among_others();
  if (!failed_) {
    tell_bare_duration(invocation_.options, report);
    auto done = fetch(report);
    if (!done) failed_ = at_server(std::move(done).error(), options_->url);
    connector_->end_turn();
  }
  if (failed_ && failed_->kind == ErrorKind::interrupted) {
    return named(*failed_);
  }
  // Several outcomes: a temporary one says that trying again may help.
  if (failed_) report.ended_by(named(*failed_));
  counts_ = report.counts();
  // A terminal shows the listing before what it comes to.
  if (!common_.several) (void)common_.out.flush();
  if (auto told = report.summary(report.status()); !told) {
    return std::move(told).error();
  }
  return report.status();
}

}  // namespace mailtool::app
