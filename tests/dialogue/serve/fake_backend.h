/// \file
/// Users and mail in memory, for the sessions of servers.
#pragma once

#include <string>
#include <vector>

#include "mailtool/serve/smtp_backend.h"
#include "mailtool/serve/users.h"

namespace mailtool::serve {

/// alice and bob, whose passwords are "secret".
class FakeUsers : public Users {
 public:
  std::optional<std::string> log_in(std::string_view name,
                                    const Secret& password) override {
    const auto user = name.substr(0, name.find('@'));
    const bool known = user == "alice" || user == "bob";
    if (!known || password.reveal() != "secret") return std::nullopt;
    return std::string(user);
  }
};

struct Delivered {
  Envelope envelope;
  std::string message;
};

/// Takes mail for crepes.example; sync() settles what waits.
class FakeBackend : public SmtpBackend {
 public:
  std::vector<Delivered> delivered;
  int abandoned = 0;
  bool full = false;    // begin() fails
  bool broken = false;  // sync() fails

  std::optional<smtp::Reply> refuses(const Envelope& so_far,
                                     const smtp::Mailbox& to) override {
    if (to.domain == "crepes.example" || !so_far.user.empty()) {
      return std::nullopt;
    }
    return smtp::Reply{550, {}, {"5.7.1 not here"}};
  }

  Result<std::unique_ptr<Incoming>> begin(const Envelope& envelope) override {
    if (full) return Error{ErrorKind::local_io, "No space left on device"};
    return std::unique_ptr<Incoming>(new One(*this, envelope));
  }

  void sync() {
    for (auto* one : waiting_) one->settle();
    waiting_.clear();
  }

 private:
  class One : public Incoming {
   public:
    One(FakeBackend& backend, Envelope envelope)
        : backend_(backend), envelope_(std::move(envelope)) {}
    ~One() override {
      if (!ended_) ++backend_.abandoned;
    }
    Result<void> write(std::string_view octets) override {
      message_ += octets;
      return {};
    }
    void end() override {
      ended_ = true;
      backend_.waiting_.push_back(this);
    }
    std::optional<Result<void>> outcome() override {
      if (!settled_) return std::nullopt;
      if (backend_.broken) return Error{ErrorKind::local_io, "disk is broken"};
      return Result<void>();
    }
    void settle() {
      settled_ = true;
      if (!backend_.broken) {
        backend_.delivered.push_back({std::move(envelope_), message_});
      }
    }

   private:
    FakeBackend& backend_;
    Envelope envelope_;
    std::string message_;
    bool ended_ = false;
    bool settled_ = false;
  };
  std::vector<One*> waiting_;
};

}  // namespace mailtool::serve
