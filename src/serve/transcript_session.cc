#include "mailtool/serve/transcript_session.h"

#include <algorithm>
#include <utility>

#include "serve/dialogue_writer.h"
#include "serve/secret_lines.h"

namespace mailtool::serve {
namespace {

class TranscriptSession final : public Session {
 public:
  TranscriptSession(Protocols protocol, std::unique_ptr<Session> inner,
                    std::unique_ptr<Sink> sink)
      : inner_(std::move(inner)),
        dialogue_(std::move(sink)),
        secrets_(protocol) {}
  ~TranscriptSession() override { dialogue_.client(secrets_.rest()); }

  void begin(std::string& out) override {
    inner_->begin(said_);
    pass_on(out);
  }
  // A line at a time, since what it is is known once those before it are
  // obeyed; a flight is written down as one.
  std::size_t feed(std::string_view octets, std::string& out) override {
    std::string heard;
    std::size_t used = 0;
    while (used < octets.size() && inner_->wait() == Wait::octets) {
      const auto next = inner_->upcoming();
      const auto piece = next_piece(octets.substr(used), next);
      // No line is written in two, as far as it can be helped.
      if (!shown_.empty() && !piece.ends_with('\n')) {
        dialogue_.client(std::exchange(heard, {}));
        dialogue_.server(std::exchange(shown_, {}));
      }
      const auto before = said_.size();
      const auto taken = inner_->feed(piece, said_);
      heard += secrets_.client(piece.substr(0, taken), next.kind);
      show_answer(std::string_view(said_).substr(before));
      used += taken;
    }
    dialogue_.client(heard);
    hand_on(out);
    return used;
  }
  [[nodiscard]] Upcoming upcoming() const override {
    return inner_->upcoming();
  }
  void more(std::string& out) override {
    inner_->more(said_);
    pass_on(out);
  }
  void settled(std::string& out) override {
    inner_->settled(said_);
    pass_on(out);
  }
  void secured(const TlsInfo& tls, std::string& out) override {
    dialogue_.event("<TLS negotiation>");
    inner_->secured(tls, said_);
    pass_on(out);
  }
  void changed(std::string& out) override {
    inner_->changed(said_);
    pass_on(out);
  }
  void dismiss(Dismissal why, std::string& out) override {
    inner_->dismiss(why, said_);
    pass_on(out);
  }
  [[nodiscard]] std::chrono::milliseconds patience() const override {
    return inner_->patience();
  }
  [[nodiscard]] std::chrono::milliseconds delay() const override {
    return inner_->delay();
  }
  void elapsed(std::string& out) override {
    inner_->elapsed(said_);
    pass_on(out);
  }

 private:
  static std::string_view next_piece(std::string_view octets,
                                     const Upcoming& next) {
    const bool counted = next.kind == Upcoming::Kind::octets &&
                         next.octets != UINT64_MAX;
    if (!counted) {
      return octets.substr(0, std::min(octets.find('\n'), octets.size() - 1) + 1);
    }
    return octets.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(
                                next.octets, octets.size())));
  }
  void show_answer(std::string_view octets) {
    const bool asks = inner_->upcoming().kind == Upcoming::Kind::secret;
    shown_ += secrets_.server(octets, asks);
  }
  void pass_on(std::string& out) {
    show_answer(said_);
    hand_on(out);
  }
  void hand_on(std::string& out) {
    dialogue_.server(shown_);
    shown_.clear();
    out += said_;
    said_.clear();
    wait_ = inner_->wait();
    if (wait_ == Wait::close && !std::exchange(closed_, true)) {
      dialogue_.event("<server closes>");
    }
  }

  std::unique_ptr<Session> inner_;
  DialogueWriter dialogue_;
  SecretLines secrets_;
  std::string said_;   // by the inner session, in this call
  std::string shown_;  // what may be shown of it
  bool closed_ = false;
};

}  // namespace

std::unique_ptr<Session> make_transcript_session(Protocols protocol,
                                                 std::unique_ptr<Session> inner,
                                                 std::unique_ptr<Sink> sink) {
  return std::make_unique<TranscriptSession>(protocol, std::move(inner),
                                             std::move(sink));
}

}  // namespace mailtool::serve
