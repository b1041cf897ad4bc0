/// \file
/// Maildrops in memory, for the POP3 session.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mailtool/serve/maildrop.h"

namespace mailtool::serve {

/// One maildrop a user; sync() settles what was removed.
class FakeMaildrops : public Maildrops {
 public:
  std::map<std::string, std::vector<std::string>, std::less<>> messages;
  bool broken = false;            // nothing can be removed
  std::size_t unreadable = 1000;  // fails in the midst
  std::size_t gone = 1000;        // another program has removed it
  std::vector<std::string> arriving;  // one each time that is_ready() is asked
  bool unseen = false;                // that fails then

  Result<std::unique_ptr<Maildrop>> open(std::string_view user) override {
    if (!open_.insert(std::string(user)).second) {
      return Error{ErrorKind::busy, "in use"};
    }
    return std::unique_ptr<Maildrop>(new One(*this, std::string(user)));
  }

  void sync() {
    if (removing_ != nullptr) removing_->settle();
    removing_ = nullptr;
  }

 private:
  class Broken : public Source {
   public:
    Result<std::size_t> read_some(std::span<char> into) override {
      if (std::exchange(begun_, true)) {
        return Error{ErrorKind::local_io, "disk is broken"};
      }
      into[0] = 'x';
      return std::size_t{1};
    }

   private:
    bool begun_ = false;
  };

  class One : public Maildrop {
   public:
    One(FakeMaildrops& all, std::string user)
        : all_(all), user_(std::move(user)) {}
    ~One() override { all_.open_.erase(user_); }
    Result<bool> is_ready() override {
      if (all_.arriving.empty() && all_.unseen) {
        return Error{ErrorKind::local_io, "disk is broken"};
      }
      if (all_.arriving.empty()) return true;
      all_.messages[user_].push_back(all_.arriving.front());
      all_.arriving.erase(all_.arriving.begin());
      return false;
    }
    std::size_t size() const override { return mine().size(); }
    std::uint64_t octets(std::size_t number) const override {
      return mine()[number].size();
    }
    std::string unique_id(std::size_t number) const override {
      return "7." + std::to_string(number + 40);
    }
    Result<std::unique_ptr<Source>> open(std::size_t number) override {
      if (number == all_.gone) return Error{ErrorKind::no_such_item, "gone"};
      if (number == all_.unreadable) {
        return std::unique_ptr<Source>(new Broken);
      }
      return std::unique_ptr<Source>(new StringSource(mine()[number]));
    }
    void remove(const std::vector<std::size_t>& numbers) override {
      gone_ = numbers;
      all_.removing_ = this;
    }
    std::optional<Result<void>> outcome() override { return outcome_; }
    void settle() {
      if (all_.broken) {
        outcome_ = Error{ErrorKind::local_io, "disk is broken"};
        return;
      }
      for (auto at = gone_.rbegin(); at != gone_.rend(); ++at) {
        auto& all = all_.messages[user_];
        all.erase(all.begin() + static_cast<std::ptrdiff_t>(*at));
      }
      outcome_ = Result<void>();
    }

   private:
    const std::vector<std::string>& mine() const {
      return all_.messages[user_];
    }
    FakeMaildrops& all_;
    std::string user_;
    std::vector<std::size_t> gone_;
    std::optional<Result<void>> outcome_;
  };

  std::set<std::string> open_;
  One* removing_ = nullptr;
};

}  // namespace mailtool::serve
