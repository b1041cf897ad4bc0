#include "mailtool/serve/transcript_session.h"

#include <utility>

#include "mailtool/base/transcript.h"
#include "serve/secret_lines.h"

namespace mailtool::serve {
namespace {

class TranscriptSession final : public Session {
 public:
  TranscriptSession(Protocols protocol, std::unique_ptr<Session> inner,
                    std::unique_ptr<Sink> sink)
      : inner_(std::move(inner)),
        sink_(std::move(sink)),
        transcript_(*sink_),
        secrets_(protocol) {}
  ~TranscriptSession() override { transcript_.client(secrets_.rest()); }

  void begin(std::string& out) override {
    inner_->begin(said_);
    pass_on(out);
  }
  std::size_t feed(std::string_view octets, std::string& out) override {
    const auto used = inner_->feed(octets, said_);
    transcript_.client(secrets_.client(octets.substr(0, used)));
    pass_on(out);
    return used;
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
    transcript_.event("<TLS negotiation>");
    inner_->secured(tls, said_);
    pass_on(out);
  }
  void changed(std::string& out) override {
    inner_->changed(said_);
    pass_on(out);
  }
  void timed_out(std::string& out) override {
    inner_->timed_out(said_);
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
  void pass_on(std::string& out) {
    transcript_.server(secrets_.server(said_));
    out += said_;
    said_.clear();
    wait_ = inner_->wait();
    if (wait_ == Wait::close && !std::exchange(closed_, true)) {
      transcript_.event("<server closes>");
    }
  }

  std::unique_ptr<Session> inner_;
  std::unique_ptr<Sink> sink_;
  Transcript transcript_;
  SecretLines secrets_;
  std::string said_;
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
