#include "fault/maildrop_server.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>

#include "mailtool/base/ascii.h"
#include "mailtool/pop3/multiline.h"

namespace mailtool::test {

SharedMaildrop::SharedMaildrop(std::vector<StoredMessage> messages)
    : messages_(std::move(messages)) {
  void* shared = ::mmap(nullptr, kMaxMessages, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED || messages_.size() > kMaxMessages) std::abort();
  deleted_ = static_cast<volatile char*>(shared);
}

SharedMaildrop::~SharedMaildrop() {
  ::munmap(const_cast<char*>(deleted_), kMaxMessages);
}

std::size_t SharedMaildrop::left() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < messages_.size(); ++i) count += !deleted(i);
  return count;
}

MaildropServer::MaildropServer(SharedMaildrop& maildrop, ServerFaults faults)
    : maildrop_(maildrop), faults_(std::move(faults)) {
  for (std::size_t i = 0; i < maildrop_.messages().size(); ++i) {
    if (!maildrop_.deleted(i) && !faults_.lists_nothing) numbers_.push_back(i);
  }
  answers_ = "+OK ready\r\n";
}

const StoredMessage& MaildropServer::message(std::uint32_t number) const {
  return maildrop_.messages()[numbers_[number - 1]];
}

std::size_t MaildropServer::seen(std::string_view verb) const {
  return static_cast<std::size_t>(
      std::count_if(seen_.begin(), seen_.end(), [verb](const auto& command) {
        return command.substr(0, command.find(' ')) == verb;
      }));
}

Result<std::size_t> MaildropServer::read_some(std::span<char> into) {
  const auto rest = std::string_view(answers_).substr(read_);
  const auto allowed = faults_.cut_after - sent_;
  const auto count = std::min({into.size(), rest.size(), allowed});
  if (count == 0) {
    return Error{ErrorKind::disconnected, "connection reset by the server"};
  }
  std::copy_n(rest.begin(), count, into.begin());
  read_ += count;
  sent_ += count;
  if (read_ == answers_.size()) {
    answers_.clear();
    read_ = 0;
  }
  if (faults_.on_sent) faults_.on_sent(sent_);
  return count;
}

Result<void> MaildropServer::write_all(std::string_view octets) {
  if (gone_) return {};
  commands_ += octets;
  for (std::size_t end; (end = commands_.find("\r\n")) != commands_.npos;) {
    const auto command = commands_.substr(0, end);
    commands_.erase(0, end + 2);
    if (command == "QUIT" && faults_.loses_quit) {
      gone_ = true;
      return {};
    }
    seen_.push_back(command);
    answer(command);
    if (gone_) return {};
  }
  return {};
}

void MaildropServer::answer_listing(bool uids) {
  answers_ += "+OK\r\n";
  for (std::uint32_t number = 1; number <= numbers_.size(); ++number) {
    const auto& entry = message(number);
    if (uids && entry.uid.empty()) continue;
    const auto size = std::to_string(entry.content.size() + faults_.size_bias);
    answers_ += std::to_string(number) + ' ';
    answers_ += (uids ? entry.uid : size) + "\r\n";
  }
  answers_ += ".\r\n";
}

void MaildropServer::answer_retr(std::uint32_t number) {
  if (faults_.refuses_retr.contains(number)) {
    answers_ += "-ERR damaged\r\n";
    return;
  }
  StringSink wire(SIZE_MAX);
  pop3::MultilineEncoder encoder(wire);
  if (!faults_.sends_nothing.contains(number)) {
    (void)encoder.write(message(number).content);
  }
  (void)encoder.finish();
  retrieved_.insert(number);
  answers_ += "+OK\r\n";
  if (!faults_.cuts_in.contains(number)) {
    answers_ += wire.text();
    return;
  }
  answers_ += wire.text().substr(0, wire.text().size() / 2);
  faults_.cut_after = sent_ + answers_.size() - read_;
  gone_ = true;
}

// TOP n 0: the header and the empty line.
void MaildropServer::answer_top(std::uint32_t number) {
  const auto& content = message(number).content;
  const auto end = content.find("\r\n\r\n");
  StringSink wire(SIZE_MAX);
  pop3::MultilineEncoder encoder(wire);
  (void)encoder.write(content.substr(0, end == content.npos ? end : end + 4));
  (void)encoder.finish();
  answers_ += "+OK\r\n" + wire.text();
}

void MaildropServer::answer_quit() {
  if (faults_.refuses_quit) {
    answers_ += "-ERR some messages were not removed\r\n";
    return;
  }
  auto gone = marked_;
  if (faults_.expires_at_once) {
    gone.insert(retrieved_.begin(), retrieved_.end());
  }
  for (const auto number : gone) maildrop_.remove(numbers_[number - 1]);
  answers_ += "+OK\r\n";
}

void MaildropServer::answer(const std::string& command) {
  const auto words = split(command, ' ');
  const auto verb = words[0];
  const auto number = words.size() < 2
                          ? 0
                          : static_cast<std::uint32_t>(
                                parse_number(words[1], UINT32_MAX).value_or(0));
  if (verb == "CAPA") {
    answers_ += "+OK\r\nUSER\r\nUIDL\r\nTOP\r\n";
    if (faults_.expires_at_once) answers_ += "EXPIRE 0\r\n";
    answers_ += faults_.no_pipelining ? ".\r\n" : "PIPELINING\r\n.\r\n";
  } else if (verb == "STAT") {
    answers_ += "+OK " + std::to_string(numbers_.size()) + " 0\r\n";
  } else if (verb == "LIST") {
    answer_listing(false);
  } else if (verb == "UIDL" && faults_.no_uidl) {
    answers_ += "-ERR unknown command\r\n";
  } else if (verb == "UIDL") {
    answer_listing(true);
  } else if (verb == "TOP" && faults_.no_top) {
    answers_ += "-ERR unknown command\r\n";
  } else if (verb == "TOP") {
    answer_top(number);
  } else if (verb == "RETR") {
    answer_retr(number);
  } else if (verb == "DELE" && faults_.refuses_dele.contains(number)) {
    answers_ += "-ERR read only\r\n";
  } else if (verb == "QUIT") {
    answer_quit();
  } else {
    if (verb == "DELE") marked_.insert(number);
    answers_ += "+OK\r\n";
  }
}

}  // namespace mailtool::test
