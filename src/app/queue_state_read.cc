// A QueueState out of TOML. Unknown keys are left alone: a newer program may
// have written them.
#include <climits>

#include "app/queue_state.h"
#include "app/toml.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

// The end of the year 9999: sums with it cannot overflow.
constexpr std::int64_t kMaxTime = 253'402'300'799;
constexpr std::int64_t kMaxMicroseconds = kMaxTime * 1'000'000;

Error damaged(std::string what) {
  return Error{ErrorKind::bad_input, "is no state of a queued message: " +
                                         std::move(what)};
}

Result<toml::table> parse(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return damaged("line " + std::to_string(error.source().begin.line) + ": " +
                   printable(error.description(), 200));
  }
}

// Reads the keys of one table; the first fault is kept.
class TomlReader {
 public:
  explicit TomlReader(const toml::table& table) : table_(table) {}

  void text(std::string_view key, std::string& to) {
    const auto* node = table_.get(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::string>();
    if (!value) return fail(key);
    to = *value;
  }
  template <class Number>
  void number(std::string_view key, Number& to, std::int64_t most = kMaxTime) {
    const auto* node = table_.get(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < 0 || *value > most) return fail(key);
    to = static_cast<Number>(*value);
  }
  void flag(std::string_view key, bool& to) {
    const auto* node = table_.get(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<bool>();
    if (!value) return fail(key);
    to = *value;
  }
  // One of `words`, by its index.
  template <class Choice>
  void choice(std::string_view key,
              std::initializer_list<std::pair<std::string_view, Choice>> words,
              Choice& to) {
    std::string word;
    text(key, word);
    if (word.empty()) return;
    for (const auto& [name, value] : words) {
      if (name == word) {
        to = value;
        return;
      }
    }
    fail(key);
  }
  void fail(std::string_view key) {
    if (!fault_) fault_ = damaged("'" + std::string(key) + "' makes no sense");
  }
  [[nodiscard]] Result<void> done() {
    if (fault_) return *std::move(fault_);
    return {};
  }

 private:
  const toml::table& table_;
  std::optional<Error> fault_;
};

Result<void> read(const toml::table& table, QueueRecipient& recipient) {
  TomlReader toml(table);
  toml.text("address", recipient.address);
  toml.text("orcpt", recipient.orcpt);
  toml.choice<QueueOutcome>("outcome",
                            {{"waiting", QueueOutcome::waiting},
                             {"sent", QueueOutcome::sent},
                             {"failed", QueueOutcome::failed}},
                            recipient.outcome);
  toml.number("next-try", recipient.next_try);
  toml.number("attempts", recipient.attempts, UINT_MAX);
  toml.flag("reported", recipient.reported);
  toml.flag("relayed", recipient.relayed);
  toml.flag("delay-told", recipient.delay_told);
  toml.number("code", recipient.code, 999);
  toml.text("enhanced", recipient.enhanced);
  toml.text("said", recipient.said);
  toml.text("host", recipient.host);
  if (recipient.address.empty()) toml.fail("address");
  return toml.done();
}

Result<void> read(const toml::table& table, QueueAttempt& attempt) {
  TomlReader toml(table);
  toml.number("time", attempt.time);
  toml.text("recipient", attempt.recipient);
  toml.text("outcome", attempt.outcome);
  toml.text("host", attempt.host);
  toml.text("said", attempt.said);
  return toml.done();
}

Result<void> read(const toml::table& table,
                  std::pair<std::string, std::string>& option) {
  TomlReader toml(table);
  toml.text("name", option.first);
  toml.text("value", option.second);
  if (option.first.empty()) toml.fail("name");
  return toml.done();
}

Result<void> read(const toml::table& table, OwnDomain& own) {
  TomlReader toml(table);
  std::string server;
  toml.text("domain", own.domain);
  toml.text("server", server);
  const auto at = net::Endpoint::parse(server);
  if (own.domain.empty()) toml.fail("domain");
  if (!at) toml.fail("server");
  own.server = at.value_or(net::Endpoint{});
  return toml.done();
}

// An array of tables; absent is empty.
template <class Row>
Result<void> read_rows(const toml::table& root, std::string_view key,
                       std::vector<Row>& rows) {
  const auto* node = root.get(key);
  if (node == nullptr) return {};
  const auto* array = node->as_array();
  if (array == nullptr || array->size() > QueueState::kRecipients) {
    return damaged("'" + std::string(key) + "' makes no sense");
  }
  rows.reserve(array->size());
  for (const auto& element : *array) {
    const auto* table = element.as_table();
    if (table == nullptr) {
      return damaged("'" + std::string(key) + "' makes no sense");
    }
    if (auto done = read(*table, rows.emplace_back()); !done) return done;
  }
  return {};
}

Result<void> read_notify(std::string_view text, smtp::DsnNotify& notify) {
  if (text.empty()) return {};
  for (const auto word : split(text, ',')) {
    if (word == "never") {
      notify.never = true;
    } else if (word == "success") {
      notify.success = true;
    } else if (word == "failure") {
      notify.failure = true;
    } else if (word == "delay") {
      notify.delay = true;
    } else {
      return damaged("'dsn' makes no sense");
    }
  }
  return {};
}

Result<void> read_head(const toml::table& root, QueueState& state) {
  TomlReader toml(root);
  int version = 0;
  std::string notify;
  toml.number("mailtool-queue", version, INT_MAX);
  if (version != 1) toml.fail("mailtool-queue");
  toml.number("queued-at", state.queued_at);
  toml.number("not-before", state.not_before);
  toml.number("lifetime", state.lifetime);
  toml.flag("held", state.held);
  toml.flag("report", state.is_report);
  toml.number("reports", state.reports, UINT_MAX);
  toml.text("sender", state.sender);
  toml.text("message-id", state.message_id);
  toml.text("subject", state.subject);
  toml.choice<smtp::Body>("body",
                          {{"7bit", smtp::Body::seven_bit},
                           {"8bit", smtp::Body::eight_bit_mime},
                           {"binary", smtp::Body::binary_mime}},
                          state.body);
  toml.flag("smtputf8", state.smtputf8);
  toml.text("dsn", notify);
  toml.choice<smtp::DsnReturn>("dsn-return",
                               {{"full", smtp::DsnReturn::full},
                                {"headers", smtp::DsnReturn::headers}},
                               state.ret);
  toml.text("envid", state.envelope_id);
  toml.text("config", state.config);
  toml.text("account", state.account);
  toml.flag("served", state.served);
  toml.number("tried-way", state.tried_way, kMaxMicroseconds);
  if (auto done = toml.done(); !done) return done;
  return read_notify(notify, state.notify);
}

}  // namespace

Result<QueueState> parse_queue_state(std::string_view text) {
  const auto root = parse(text);
  if (!root) return root.error();
  QueueState state;
  if (auto done = read_head(*root, state); !done) {
    return std::move(done).error();
  }
  for (auto done : {read_rows(*root, "option", state.options),
                    read_rows(*root, "recipient", state.recipients),
                    read_rows(*root, "attempt", state.attempts)}) {
    if (!done) return std::move(done).error();
  }
  if (state.recipients.empty()) return damaged("it has no recipient");
  return state;
}

Result<ServedWay> parse_served_way(std::string_view text) {
  const auto root = parse(text);
  if (!root) return root.error();
  TomlReader toml(*root);
  ServedWay way;
  int version = 0;
  toml.number("mailtool-way", version, INT_MAX);
  if (version != 1) toml.fail("mailtool-way");
  toml.number("since", way.since, kMaxMicroseconds);
  if (way.since == 0) toml.fail("since");
  if (auto done = toml.done(); !done) return std::move(done).error();
  for (auto done : {read_rows(*root, "option", way.options),
                    read_rows(*root, "own", way.own)}) {
    if (!done) return std::move(done).error();
  }
  return way;
}

}  // namespace mailtool::app
