// A transaction, from MAIL to the end of the message: RFC 5321 section 3.3.

#include <algorithm>
#include <utility>

#include "mailtool/base/ascii.h"
#include "serve/smtp_dialogue.h"
#include "serve/smtp_replies.h"

namespace mailtool::serve {

using smtp::Reply;

void SmtpServer::on(smtp::Mail& mail, std::string& out) {
  if (!greeted()) return complain(out, out_of_order("say EHLO first"));
  if (mail_) return complain(out, out_of_order("a transaction has begun"));
  if (settings_.submission && envelope_.user.empty()) {
    return complain(out, login_required());
  }
  if (mail.body == smtp::Body::binary_mime) {
    return complain(out, not_offered("BODY=BINARYMIME"));
  }
  if (mail.size.value_or(0) > settings_.max_octets) {
    return complain(out, too_large());
  }
  if (!is_ascii(mail.reverse_path) && !mail.smtputf8) {
    return complain(out, wants_smtputf8());
  }
  if (const auto struck = fault("mail", {mail.reverse_path})) {
    return say_fault(*struck, out);
  }
  mail_ = true;
  envelope_.mail = std::move(mail);
  say(out, sender_taken());
}

void SmtpServer::on(smtp::Rcpt& rcpt, std::string& out) {
  if (!mail_) return complain(out, out_of_order("say MAIL first"));
  if (chunks_) return complain(out, out_of_order("the message has begun"));
  if (envelope_.recipients.size() >= settings_.max_recipients) {
    return say(out, too_many_recipients());
  }
  if (!is_ascii(rcpt.forward_path) && !envelope_.mail.smtputf8) {
    return complain(out, wants_smtputf8());
  }
  auto to = smtp::parse_mailbox(rcpt.forward_path, {.domain_optional = true});
  if (!to) return complain(out, bad_syntax(to.error().what));
  if (const auto struck = fault("rcpt", {rcpt.forward_path})) {
    return say_fault(*struck, out);
  }
  if (const auto refusal = backend_.refuses(envelope_, *to)) {
    return refuse_recipient(out, *refusal);
  }
  envelope_.recipients.push_back(std::move(rcpt));
  say(out, recipient_taken());
}

std::vector<std::string> SmtpServer::recipients() const {
  std::vector<std::string> all;
  for (const auto& one : envelope_.recipients) all.push_back(one.forward_path);
  return all;
}

std::optional<Reply> SmtpServer::begin_message() {
  auto into = backend_.begin(envelope_);
  if (!into) return not_stored(into.error());
  message_.emplace(*std::move(into), settings_.max_octets);
  return std::nullopt;
}

void SmtpServer::data(std::string& out) {
  if (!mail_ || chunks_) return complain(out, out_of_order("not now"));
  if (envelope_.recipients.empty()) return complain(out, no_recipient());
  if (const auto struck = fault("data", recipients())) {
    return say_fault(*struck, out);
  }
  if (const auto refusal = begin_message()) return complain(out, *refusal);
  state_ = State::data;
  say(out, Reply{354, {}, {"end with a dot on a line by itself"}});
}

void SmtpServer::on(smtp::Bdat& bdat, std::string& out) {
  left_ = bdat.octets;
  last_ = bdat.last;
  state_ = State::chunk;
  // Where it cannot be taken, its octets follow all the same.
  if (!mail_ || envelope_.recipients.empty()) {
    refusal_ = out_of_order(mail_ ? "no recipient" : "say MAIL first");
  } else if (!chunks_) {
    refusal_ = fault("data", recipients());
    is_fault_ = refusal_.has_value();
    if (!is_fault_) refusal_ = begin_message();
  }
  chunks_ = chunks_ || !refusal_;
  if (left_ == 0) end_chunk(out);
}

std::size_t SmtpServer::feed_data(std::string_view octets, std::string& out) {
  const auto used = message_->feed_data(octets);
  if (message_->done()) end_message(out);
  return used;
}

std::size_t SmtpServer::feed_chunk(std::string_view octets, std::string& out) {
  const auto used =
      static_cast<std::size_t>(std::min<std::uint64_t>(left_, octets.size()));
  if (!refusal_) message_->feed_chunk(octets.substr(0, used));
  left_ -= used;
  if (left_ == 0) end_chunk(out);
  return used;
}

// RFC 3030 section 2: a chunk that failed ends the transaction.
void SmtpServer::end_chunk(std::string& out) {
  state_ = State::command;
  if (refusal_) {
    const auto refusal = *std::exchange(refusal_, std::nullopt);
    reset();
    if (std::exchange(is_fault_, false)) return say_fault(refusal, out);
    return complain(out, refusal);
  }
  if (last_) return end_message(out);
  say(out, done());
}

void SmtpServer::end_message(std::string& out) {
  using Fault = MessageInput::Fault;
  state_ = State::command;
  if (const auto struck = fault("dot", recipients())) {
    reset();
    return say_fault(*struck, out);
  }
  const auto ended = message_->end();
  if (ended == Fault::none) {
    wait_ = Wait::verdict;
    return settled(out);
  }
  reset();
  switch (ended) {
    case Fault::none: return;
    case Fault::too_large: return complain(out, too_large());
    case Fault::bare_lf: return complain(out, message_has_bare_lf());
    case Fault::bare_cr: return complain(out, message_has_bare_cr());
    case Fault::nul: return complain(out, message_has_nul());
    case Fault::loop: return complain(out, loops());
    case Fault::not_stored: break;
  }
  complain(out, not_stored(Error{ErrorKind::local_io, "cannot be kept"}));
}

void SmtpServer::settled(std::string& out) {
  const auto outcome = message_->outcome();
  if (!outcome) return;
  wait_ = Wait::octets;
  if (*outcome) {
    errors_ = refused_ = 0;
    say(out, taken());
  } else {
    say(out, not_stored(outcome->error()));
  }
  reset();
}

}  // namespace mailtool::serve
