// The TRANSACTION state: RFC 1939 sections 5 and 7.

#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/base/sink.h"
#include "serve/pop3_dialogue.h"

namespace mailtool::serve {
namespace {

// One portion of a long answer.
constexpr std::size_t kPortion = 32 * 1024;

}  // namespace

void Pop3Server::transact(std::string_view verb, const Words& words,
                          std::string& out) {
  const bool bare = words.front().empty();
  if (verb == "STAT") return stat(out);
  if (verb == "RSET") {
    deleted_.assign(maildrop_->size(), false);
    return ok(out, "");
  }
  if ((verb == "LIST" || verb == "UIDL") && bare) {
    return begin_listing(verb == "UIDL", out);
  }
  const bool known = verb == "LIST" || verb == "UIDL" || verb == "RETR" ||
                     verb == "TOP" || verb == "DELE";
  if (!known) return complain(out, "no such command");
  if (words.size() != (verb == "TOP" ? 2 : 1)) {
    return complain(out,
                    verb == "TOP" ? "TOP message lines" : "one message number");
  }
  const auto number = message(words.front());
  if (!number) return complain(out, "no such message");
  if (verb == "RETR") return send(*number, std::nullopt, out);
  if (verb == "TOP") return top(*number, words, out);
  if (verb == "DELE") {
    deleted_[*number] = true;
    return ok(out, "");
  }
  ok(out, row(*number, verb == "UIDL"));
}

std::optional<std::size_t> Pop3Server::message(std::string_view word) const {
  const auto number = parse_number(word, maildrop_->size());
  if (!number || *number == 0) return std::nullopt;
  const auto index = static_cast<std::size_t>(*number - 1);
  if (deleted_[index]) return std::nullopt;
  return index;
}

std::string Pop3Server::row(std::size_t number, bool unique_id) const {
  return std::to_string(number + 1) + " " +
         (unique_id ? maildrop_->unique_id(number)
                    : std::to_string(maildrop_->octets(number)));
}

void Pop3Server::stat(std::string& out) {
  std::uint64_t count = 0;
  std::uint64_t octets = 0;
  for (std::size_t i = 0; i < deleted_.size(); ++i) {
    if (deleted_[i]) continue;
    ++count;
    octets += maildrop_->octets(i);
  }
  ok(out, std::to_string(count) + " " + std::to_string(octets));
}

void Pop3Server::begin_listing(bool unique_ids, std::string& out) {
  ok(out, "");
  unique_ids_ = unique_ids;
  next_ = 0;
  wait_ = Wait::room;
  more_of_listing(out);
}

void Pop3Server::more_of_listing(std::string& out) {
  const auto end = out.size() + kPortion;
  for (; next_ < deleted_.size() && out.size() < end; ++next_) {
    if (!deleted_[next_]) out += row(next_, unique_ids_) + "\r\n";
  }
  if (next_ < deleted_.size()) return;
  out += ".\r\n";
  wait_ = Wait::octets;
}

void Pop3Server::top(std::size_t number, const Words& words, std::string& out) {
  const auto lines = words.size() == 2 ? parse_number(words[1]) : std::nullopt;
  if (!lines) return complain(out, "TOP message lines");
  send(number, *lines, out);
}

void Pop3Server::send(std::size_t number,
                      std::optional<std::uint64_t> body_lines,
                      std::string& out) {
  auto source = maildrop_->open(number);
  if (!source) {
    const bool gone = source.error().kind == ErrorKind::no_such_item;
    return err(out, gone ? "it was removed meanwhile"
                         : "[SYS/TEMP] cannot be read");
  }
  source_ = *std::move(source);
  slice_.reset();
  if (body_lines) slice_.emplace(*body_lines);
  ok(out, "");
  portion_.clear();
  appender_ = std::make_unique<AppendSink>(portion_);
  encoder_ = std::make_unique<pop3::MultilineEncoder>(*appender_);
  wait_ = Wait::room;
  more_of_message(out);
}

// Where reading fails, the line is cut: what has come must not pass for whole.
void Pop3Server::more_of_message(std::string& out) {
  char buffer[kPortion];
  const auto count = source_->read_some(buffer);
  if (!count) {
    source_.reset();
    return end();
  }
  std::string_view octets(buffer, *count);
  bool ended = octets.empty();
  if (slice_) {
    octets = slice_->feed(octets);
    ended = ended || slice_->done();
  }
  portion_.clear();
  (void)encoder_->write(octets);
  if (ended) (void)encoder_->finish();
  out += portion_;
  if (!ended) return;
  source_.reset();
  wait_ = Wait::octets;
}

}  // namespace mailtool::serve
