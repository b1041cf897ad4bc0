// SELECT and UID SEARCH: RFC 9051 sections 6.3.2 and 6.4.4, ESEARCH RFC 4731.

#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/client/imap_client.h"

namespace mailtool::client {
namespace {

constexpr std::size_t kMaxSearchLines = 10'000;

class SearchHandler : public ImapHandler {
 public:
  Result<bool> on_data(imap::Response& data) override {
    auto* found = std::get_if<imap::SearchData>(&data);
    if (found == nullptr) return false;
    if (found->malformed) {
      return Error{ErrorKind::protocol, "bad number in the answer to SEARCH"};
    }
    if (++lines_ > kMaxSearchLines ||
        ranges_.size() + found->numbers.ranges().size() > imap::kMaxRanges) {
      return Error{ErrorKind::protocol, "answer to SEARCH without end"};
    }
    const auto& ranges = found->numbers.ranges();
    ranges_.insert(ranges_.end(), ranges.begin(), ranges.end());
    if (found->count) count_ = found->count;
    return true;
  }

  SearchOutcome take() {
    SearchOutcome outcome;
    outcome.uids = imap::SequenceSet(std::move(ranges_));
    outcome.count =
        count_ && outcome.uids.empty() ? *count_ : outcome.uids.count();
    return outcome;
  }

 private:
  std::vector<imap::Range> ranges_;
  std::optional<std::uint64_t> count_;
  std::size_t lines_ = 0;
};

Result<imap::Command> select_command(const imap::MailboxName& mailbox,
                                     bool read_only) {
  imap::CommandBuilder command(read_only ? "EXAMINE" : "SELECT");
  return command.mailbox(mailbox).build();
}

bool wants_id(const imap::StatusResponse& done) {
  return lower(done.text).find("unsafe login") != std::string::npos;
}

Error select_refusal(const imap::StatusResponse& done,
                     const imap::MailboxName& mailbox) {
  auto refused = imap_refusal(done, "SELECT " + printable(mailbox.utf8, 200));
  // Of old servers a NO without a code says that there is no such mailbox.
  if (!done.code && refused.kind == ErrorKind::rejected) {
    refused.kind = ErrorKind::no_such_item;
  }
  return refused;
}

}  // namespace

Result<SelectedMailbox> ImapClient::settle_select(
    const imap::StatusResponse& done) {
  if (done.status == imap::Status::ok) return *selected_;
  const auto mailbox = std::exchange(selected_, std::nullopt)->name;
  return select_refusal(done, mailbox);
}

Result<SelectedMailbox> ImapClient::select(const imap::MailboxName& mailbox,
                                           bool read_only) {
  const auto command = select_command(mailbox, read_only);
  if (!command) return command.error();
  const auto attempt = [&] {
    selected_.emplace().name = mailbox;
    selected_->read_only = read_only;
    return run(*command, nullptr);
  };
  auto done = attempt();
  if (done && wants_id(*done)) {
    if (auto told = identify(); !told) return std::move(told).error();
    done = attempt();
  }
  if (!done) return std::move(done).error();
  return settle_select(*done);
}

Result<void> ImapClient::begin_select(const imap::MailboxName& mailbox,
                                      bool read_only) {
  const auto command = select_command(mailbox, read_only);
  if (!command) return command.error();
  selected_.emplace().name = mailbox;
  selected_->read_only = read_only;
  auto ticket = dialogue_.send(*command, nullptr, literal_mode());
  if (!ticket) return std::move(ticket).error();
  select_ticket_ = *ticket;
  return {};
}

Result<SelectedMailbox> ImapClient::finish_select() {
  auto done = dialogue_.await(select_ticket_);
  if (!done) return std::move(done).error();
  if (!wants_id(*done)) return settle_select(*done);
  return select(selected_->name, selected_->read_only);
}

// search = "SEARCH" [search-return-opts] SP search-program
Result<imap::Command> ImapClient::search_command(const imap::SearchKey& key,
                                                 bool count_only,
                                                 bool charset) {
  auto extended = offers("ESEARCH");
  if (!extended) return std::move(extended).error();
  imap::CommandBuilder command("UID SEARCH");
  if (*extended || capabilities_->has("IMAP4REV2")) {
    command.text(count_only ? "RETURN (COUNT)" : "RETURN (ALL)");
  }
  if (charset) command.text("CHARSET UTF-8");
  imap::append_search_key(command, key);
  return command.build();
}

Result<SearchOutcome> ImapClient::search_as(const imap::SearchKey& key,
                                            bool count_only, bool charset) {
  const auto command = search_command(key, count_only, charset);
  if (!command) return command.error();
  SearchHandler handler;
  auto done = run(*command, &handler);
  if (!done) return std::move(done).error();
  // Part of what there is is not presented as all.
  if (auto whole = imap_success(*done, "SEARCH"); !whole) {
    return std::move(whole).error();
  }
  return handler.take();
}

Result<SearchOutcome> ImapClient::search(const imap::SearchKey& key,
                                         bool count_only) {
  const bool charset = imap::needs_charset(key);
  auto found = search_as(key, count_only, charset);
  // Lenient: a server that knows no CHARSET UTF-8 may still compare octets.
  if (!found && charset && found.error().kind == ErrorKind::unsupported) {
    return search_as(key, count_only, false);
  }
  return found;
}

Result<ImapClient::Found> ImapClient::select_and_search(
    const imap::MailboxName& mailbox, bool read_only,
    const imap::SearchKey& key, bool count_only) {
  const auto select_it = select_command(mailbox, read_only);
  if (!select_it) return select_it.error();
  const auto search_it =
      search_command(key, count_only, imap::needs_charset(key));
  if (!search_it) return search_it.error();

  selected_.emplace().name = mailbox;
  selected_->read_only = read_only;
  SearchHandler handler;
  auto first = dialogue_.send(*select_it, nullptr, literal_mode());
  if (!first) return std::move(first).error();
  auto second = dialogue_.send(*search_it, &handler, literal_mode());
  if (!second) return std::move(second).error();
  auto opened = dialogue_.await(*first);
  if (!opened) return std::move(opened).error();
  auto searched = dialogue_.await(*second);
  if (!searched) return std::move(searched).error();

  if (opened->status != imap::Status::ok) {
    if (!wants_id(*opened)) return settle_select(*opened).error();
    auto again = select(mailbox, read_only);
    if (!again) return std::move(again).error();
    auto found = search(key, count_only);
    if (!found) return std::move(found).error();
    return Found{*selected_, *std::move(found)};
  }
  if (searched->status != imap::Status::ok) {
    if (!searched->has_code("BADCHARSET")) {
      return imap_refusal(*searched, "SEARCH");
    }
    auto found = search_as(key, count_only, false);
    if (!found) return std::move(found).error();
    return Found{*selected_, *std::move(found)};
  }
  if (auto whole = imap_success(*searched, "SEARCH"); !whole) {
    return std::move(whole).error();
  }
  return Found{*selected_, handler.take()};
}

}  // namespace mailtool::client
