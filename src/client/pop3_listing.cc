// STAT, LIST and UIDL: what the maildrop holds.

#include <algorithm>

#include "client/pop3_refusal.h"
#include "mailtool/client/pop3_client.h"

namespace mailtool::client {
namespace {

// Up to so many messages, one command after the other costs no more than to
// find out whether the server takes several.
constexpr std::uint32_t kNotWorthATrial = 2;
constexpr std::chrono::milliseconds kTrial{2000};

// Refused for now is an answer for the whole session, not about one listing.
bool refused_for_now(const pop3::Reply& reply) {
  return refusal(reply, "").kind == ErrorKind::deferred;
}

// Numbers that begin at 0 are not those of RETR and DELE: each unique-id would
// stand for the message beside it.
bool counts_from_zero(std::string_view line) {
  return line == "0" || line.starts_with("0 ") || line.starts_with("0\t");
}

Error zero_based(std::string_view step) {
  return Error{ErrorKind::protocol,
               "the numbers of messages begin at 0: they cannot be told apart",
               std::string(step)};
}

}  // namespace

// LIST or UIDL; `take` has each line that `parse` can read. Others are passed
// over: the framing holds, and what is not listed is fetched another time.
template <class Parse, class Take>
Result<void> Pop3Client::read_listing(const pop3::Command& command,
                                      std::uint32_t count,
                                      pop3::Maildrop& maildrop,
                                      std::optional<Error>& refused,
                                      Parse parse, Take take) {
  const auto& step = command.shown;
  const auto reply = read_reply(step);
  if (!reply) return reply.error();
  if (!reply->ok()) {
    refused = refusal(*reply, step);
    if (refused_for_now(*reply)) return broken(*refused, step);
    return {};
  }
  return read_lines(step, pop3::listing_bound(count),
                    [&](std::string_view line) -> Result<void> {
                      if (counts_from_zero(line)) return zero_based(step);
                      const auto entry = parse(line);
                      if (entry) return take(*entry);
                      maildrop.pass_over_line();
                      return {};
                    });
}

// UIDL is optional (RFC 1939 section 7): without it messages have no id. LIST
// is not; where it fails, UIDL says which messages there are.
Result<void> Pop3Client::read_listings(std::uint32_t count,
                                       pop3::Maildrop& maildrop,
                                       bool one_by_one) {
  std::optional<Error> no_sizes;
  std::optional<Error> no_uids;
  if (one_by_one) {
    if (auto sent = send(pop3::list()); !sent) return sent;
  }
  auto sizes = read_listing(
      pop3::list(), count, maildrop, no_sizes, pop3::parse_list_line,
      [&](const auto& line) { return maildrop.add_size(line, count); });
  if (!sizes) return sizes;
  if (one_by_one) {
    if (auto sent = send(pop3::uidl()); !sent) return sent;
  }
  auto uids = read_listing(
      pop3::uidl(), count, maildrop, no_uids, pop3::parse_uidl_line,
      [&](const auto& line) -> Result<void> {
        if (no_sizes) {
          auto added = maildrop.add_size({line.number, std::nullopt}, count);
          if (!added) return added;
        }
        maildrop.add_uid(line);
        return {};
      });
  if (!uids) return uids;
  if (no_sizes && no_uids && count > 0) return *std::move(no_sizes);
  if (count > 0 && maildrop.count() == 0) {
    return broken({ErrorKind::protocol, "STAT counts " + std::to_string(count) +
                                            " messages, LIST names none"},
                  pop3::list().shown);
  }
  return {};
}

Result<std::uint32_t> Pop3Client::read_count() {
  const auto step = pop3::stat().shown;
  const auto reply = read_reply(step);
  if (!reply) return reply.error();
  if (!reply->ok()) return refusal(*reply, step);
  const auto counted = pop3::parse_stat(reply->text);
  if (!counted) return broken(counted.error(), step);
  counted_ = counted->count;
  return counted->count;
}

// Some servers no longer count what was retrieved.
bool Pop3Client::counts_as_before(const pop3::Reply& reply) const {
  if (!reply.ok() || !counted_) return reply.ok();
  const auto counted = pop3::parse_stat(reply.text);
  if (!counted) return false;
  return counted->count == *counted_ ||
         (counted->count < *counted_ && counted->octets);
}

// Capabilities may change with the login (RFC 2449 section 5): PIPELINING of
// some servers, EXPIRE and LOGIN-DELAY where they say "USER".
bool Pop3Client::wants_capa() const {
  if (before_login_.empty()) return false;
  return depends_on_user() || (!after_login_ && !offers("PIPELINING"));
}

// EXPIRE, on which messages may hang, is not a thing to be remembered wrongly:
// it is asked for in each session that has messages.
bool Pop3Client::asks_capa() const {
  return wants_capa() || (recalled_ && !before_login_.empty());
}

bool Pop3Client::depends_on_user() const {
  const auto expire = before_login_.expire();
  const auto delay = before_login_.login_delay();
  return (expire && expire->per_user) || (delay && delay->per_user);
}

Result<void> Pop3Client::read_capa_after_login() {
  pop3::Capabilities now;
  bool known = false;
  if (auto read = read_capabilities(now, known); !read) return read;
  // Some servers know CAPA only before the login.
  after_login_ = known ? now : before_login_;
  capabilities_ = *after_login_;
  return {};
}

// Two commands in one segment. Where the second is not answered, the server has
// thrown it away, or holds it back until the next: either way no answer could
// be told from another, and the connection is given up.
Result<void> Pop3Client::try_pipelining() {
  const auto noop = pop3::noop();
  const auto capa = pop3::capa();
  const bool ask = asks_capa();
  auto sent = ask ? send({&noop, &noop, &capa}) : send({&noop, &noop});
  if (!sent) return sent;
  auto first = read_reply(noop.shown);
  auto second = first;
  if (first) {
    const auto usual = timeout_;
    timeout_ = std::min(timeout_, kTrial);
    second = read_reply(noop.shown);
    timeout_ = usual;
  }
  if (!second) {
    const auto kind = second.error().kind;
    reconnect_ =
        kind == ErrorKind::timed_out || kind == ErrorKind::disconnected;
    if (reconnect_) pipelines_ = Finding::no;
    return second.error();
  }
  pipelines_ = Finding::yes;
  return ask ? read_capa_after_login() : Result<void>();
}

// Where nothing is known of pipelining, STAT goes alone; a trial then takes the
// round trip that LIST and UIDL together save. CAPA goes with it, or alone.
Result<void> Pop3Client::list_step_by_step(pop3::Maildrop& maildrop) {
  if (auto sent = send(pop3::stat()); !sent) return sent;
  const auto count = read_count();
  if (!count) return count.error();
  if (*count == 0) return {};
  if (!pipelines() && pipelines_ == Finding::unknown &&
      *count > kNotWorthATrial) {
    if (auto tried = try_pipelining(); !tried) return tried;
  } else if (asks_capa()) {
    if (auto sent = send(pop3::capa()); !sent) return sent;
    if (auto read = read_capa_after_login(); !read) return read;
  }
  if (!pipelines()) return read_listings(*count, maildrop, true);
  const auto list = pop3::list();
  const auto uidl = pop3::uidl();
  if (auto sent = send({&list, &uidl}); !sent) return sent;
  return read_listings(*count, maildrop, false);
}

Result<void> Pop3Client::list_in_one_flight(pop3::Maildrop& maildrop) {
  const auto capa = pop3::capa();
  const auto stat = pop3::stat();
  const auto list = pop3::list();
  const auto uidl = pop3::uidl();
  const bool ask = asks_capa();
  auto sent =
      ask ? send({&capa, &stat, &list, &uidl}) : send({&stat, &list, &uidl});
  if (!sent) return sent;
  if (ask) {
    if (auto read = read_capa_after_login(); !read) return read;
  }
  const auto count = read_count();
  // The session is over with the listings on their way: nobody reads them.
  if (!count) return broken(count.error(), stat.shown);
  return read_listings(*count, maildrop, false);
}

Result<pop3::Maildrop> Pop3Client::list() {
  pop3::Maildrop maildrop;
  auto listed =
      pipelines() ? list_in_one_flight(maildrop) : list_step_by_step(maildrop);
  if (!listed) return std::move(listed).error();
  return maildrop;
}

}  // namespace mailtool::client
