#include "mailtool/serve/faulty_session.h"

#include <algorithm>
#include <utility>

namespace mailtool::serve {
namespace {

using std::chrono::milliseconds;

class FaultySession final : public Session, private FaultHook {
 public:
  FaultySession(Protocols protocol, FaultRules& rules, milliseconds delay,
                const std::function<std::unique_ptr<Session>(FaultHook&)>& make)
      : protocol_(protocol),
        rules_(rules),
        delay_(delay),
        inner_(make(*this)) {}

  void begin(std::string& out) override {
    inner_->begin(said_);
    pass_on(true, out);
  }

  // A line at a time, so that what is said is the answer to one command.
  std::size_t feed(std::string_view octets, std::string& out) override {
    std::size_t used = 0;
    while (used < octets.size() && wait_ == Wait::octets) {
      auto piece = octets.substr(used);
      piece = piece.substr(0, std::min(piece.find('\n'), piece.size() - 1) + 1);
      const bool counts = left_in_.has_value();
      if (counts) {
        piece =
            piece.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(
                                *left_in_, piece.size())));
      }
      const auto taken = inner_->feed(piece, said_);
      used += taken;
      if (counts) {
        *left_in_ -= taken;
        if (*left_in_ == 0 || !said_.empty()) hang_up();
      }
      pass_on(!said_.empty(), out);
    }
    return used;
  }

  [[nodiscard]] Upcoming upcoming() const override {
    return inner_->upcoming();
  }

  void more(std::string& out) override {
    inner_->more(said_);
    pass_on(false, out);
  }

  void settled(std::string& out) override {
    inner_->settled(said_);
    if (left_in_ && inner_->wait() != Wait::verdict) hang_up();
    pass_on(!said_.empty(), out);
  }

  void secured(const TlsInfo& tls, std::string& out) override {
    inner_->secured(tls, said_);
    pass_on(false, out);
  }

  void changed(std::string& out) override {
    inner_->changed(said_);
    pass_on(false, out);
  }

  void dismiss(Dismissal why, std::string& out) override {
    inner_->dismiss(why, said_);
    pass_on(false, out);
  }

  [[nodiscard]] std::chrono::milliseconds patience() const override {
    return inner_->patience();
  }

  [[nodiscard]] milliseconds delay() const override { return hold_; }

  void elapsed(std::string& out) override {
    out += std::exchange(held_, {});
    hold_ = milliseconds(0);
    wait_ = closing_ ? Wait::close : inner_->wait();
    // What has changed in the meantime.
    if (wait_ == Wait::octets) changed(out);
  }

 private:
  [[nodiscard]] std::optional<std::string> instead(
      std::string_view command,
      const std::vector<std::string>& subjects) override {
    auto fault = rules_.strike(protocol_, command, subjects);
    hold_ += fault.delay;
    if (fault.kind == Fault::Kind::none) return std::nullopt;
    if (fault.kind == Fault::Kind::answer) return std::move(fault.answer);
    if (fault.octets == 0) return "";
    const bool sends = command == "data" || command == "append";
    (sends ? left_in_ : left_out_) = fault.octets;
    return std::nullopt;
  }

  void hang_up() {
    said_.clear();
    left_in_.reset();
    closing_ = true;
  }

  // What the inner session has said goes out, late or in part.
  void pass_on(bool answers, std::string& out) {
    if (left_out_) {
      const bool over = said_.size() >= *left_out_;
      if (over) said_.resize(static_cast<std::size_t>(*left_out_));
      *left_out_ -= said_.size();
      const auto now = inner_->wait();
      if (over || (now != Wait::room && now != Wait::verdict)) closing_ = true;
    }
    if (answers) hold_ += delay_;
    wait_ = closing_ ? Wait::close : inner_->wait();
    const bool late = hold_ > milliseconds(0);
    if (late) wait_ = Wait::delay;
    (late ? held_ : out) += said_;
    said_.clear();
  }

  Protocols protocol_;
  FaultRules& rules_;
  milliseconds delay_;  // before each answer
  std::unique_ptr<Session> inner_;
  std::string said_;  // by the inner session, in this call
  std::string held_;  // what is said once `hold_` has passed
  milliseconds hold_{0};
  std::optional<std::uint64_t> left_in_;  // octets, then it drops
  std::optional<std::uint64_t> left_out_;
  bool closing_ = false;
};

}  // namespace

std::unique_ptr<Session> make_faulty_session(
    Protocols protocol, FaultRules& rules, milliseconds delay,
    const std::function<std::unique_ptr<Session>(FaultHook&)>& make) {
  return std::make_unique<FaultySession>(protocol, rules, delay, make);
}

}  // namespace mailtool::serve
