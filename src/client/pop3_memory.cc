// What is known of the server before it is asked, and when to ask again.

#include "client/pop3_refusal.h"
#include "mailtool/base/ascii.h"
#include "mailtool/client/pop3_client.h"

namespace mailtool::client {

ServerMemory Pop3Client::memory() const {
  ServerMemory memory{tls_, before_login_, after_login_, pipelines_,
                      no_initial_response_};
  if (depends_on_user()) {
    memory.after_login.reset();  // another user may be told otherwise
    if (pipelines()) memory.pipelines = Finding::yes;
  }
  return memory;
}

Result<void> Pop3Client::know_capabilities(bool tls) {
  tls_ = tls;
  // What was learnt under other security says nothing about this one.
  const bool fits = remembered_ && remembered_->tls == tls;
  if (fits && !asked_) {
    capabilities_ = remembered_->before_login;
    asked_ = recalled_ = true;
  }
  if (!asked_) {
    if (auto asked = capa(); !asked) return asked;
  }
  before_login_ = capabilities_;
  if (fits && remembered_->before_login == before_login_) {
    after_login_ = remembered_->after_login;
    pipelines_ = remembered_->pipelines;
    no_initial_response_ = remembered_->no_initial_response;
  }
  if (lower(greeting_).find("microsoft exchange") != std::string::npos) {
    no_initial_response_ = true;  // it wants to ask for a token before it comes
  }
  return {};
}

// utf8-capability = "UTF8" [SP "USER"]                 ; RFC 6856 section 2
bool Pop3Client::utf8_users() const {
  for (const auto& word : capabilities_.parameters("UTF8")) {
    if (iequals(word, "USER")) return true;
  }
  return false;
}

// True when the login failed with what was remembered, and the server of today
// says otherwise: then it is worth another attempt. Where [AUTH] says that it
// is the credentials, it is not.
bool Pop3Client::was_misremembered(const Error& error) {
  const bool clear = std::string_view(error.server_said).starts_with("[AUTH");
  if (!recalled_ || !usable_ || clear || error.kind == ErrorKind::deferred) {
    return false;
  }
  if (!capa()) return false;
  if (capabilities_ == before_login_) return false;
  before_login_ = capabilities_;
  after_login_.reset();
  pipelines_ = Finding::unknown;
  no_initial_response_ = false;
  return true;
}

// UTF8: messages come as they are, and not made ASCII (RFC 6856 section 2).
// LANG: the server's texts (section 3). With the login in one flight, where the
// server pipelines.
Result<void> Pop3Client::speak_utf8_and_language() {
  std::vector<pop3::Command> commands;
  if (offers("UTF8")) commands.push_back(pop3::utf8());
  if (offers("LANG") && !language_.empty()) {
    auto lang = pop3::lang(language_);
    if (lang) commands.push_back(*std::move(lang));
  }
  for (const auto& command : commands) {
    if (offers("PIPELINING")) {
      prelude_ += command.line;
      ahead_.push_back(command.shown);
    } else if (auto reply = exchange(command); !reply) {
      return reply.error();
    }
  }
  return {};
}

}  // namespace mailtool::client
