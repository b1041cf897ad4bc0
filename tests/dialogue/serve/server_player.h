/// \file
/// Plays a dialogue as a client with a server's Session.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "mailtool/serve/session.h"
#include "support/dialogue.h"

namespace mailtool::serve {

/// Each "S:" must be the next that the session says, each "C:" is fed `chunk`
/// octets at a time. "<TLS negotiation>" and "<server closes>" must be what it
/// waits for. At a verdict `settle` makes durable what was stored.
class ServerPlayer {
 public:
  ServerPlayer(Session& session, std::size_t chunk,
               std::function<void()> settle = {})
      : session_(session), chunk_(chunk), settle_(std::move(settle)) {
    session_.begin(said_);
    feed("");
  }

  void play(const test::Dialogue& dialogue) {
    for (const auto& step : dialogue) {
      SCOPED_TRACE("line " + std::to_string(step.line));
      take(step);
      if (testing::Test::HasFatalFailure()) return;
    }
    EXPECT_EQ(said_, "") << "said, and not expected";
    EXPECT_EQ(unfed_, "") << "not taken";
  }

  /// All delays together.
  [[nodiscard]] std::chrono::milliseconds waited() const { return waited_; }

 private:
  void take(const test::Step& step) {
    using enum test::Step::Kind;
    switch (step.kind) {
      case server: return expect(step.octets);
      case client: return feed(step.octets);
      case tls:
        ASSERT_EQ(session_.wait(), Wait::tls);
        unfed_.clear();
        session_.secured(TlsInfo{"TLSv1.3", "TLS_AES_256_GCM_SHA384", {}, false},
                         said_);
        return;
      case server_closes: ASSERT_EQ(session_.wait(), Wait::close); return;
      case server_stalls: session_.dismiss(Dismissal::silence, said_); return;
      case tls_fails: FAIL() << "not played";
    }
  }

  void expect(const std::string& octets) {
    ASSERT_EQ(said_.substr(0, octets.size()), octets);
    said_.erase(0, octets.size());
  }

  // What waits for something else is kept, as a socket would keep it.
  void feed(const std::string& octets) {
    unfed_ += octets;
    while (true) {
      if (session_.wait() == Wait::verdict) {
        if (settle_) settle_();
        session_.settled(said_);
      } else if (session_.wait() == Wait::delay) {
        waited_ += session_.delay();
        session_.elapsed(said_);
      } else if (session_.wait() == Wait::room) {
        session_.more(said_);
      } else if (session_.wait() == Wait::octets && !unfed_.empty()) {
        const auto portion = unfed_.substr(0, chunk_);
        const auto used = session_.feed(portion, said_);
        ASSERT_LE(used, portion.size());
        const bool stuck =
            used == 0 && session_.wait() == Wait::octets;
        ASSERT_FALSE(stuck);
        unfed_.erase(0, used);
      } else {
        return;
      }
    }
  }

  Session& session_;
  std::size_t chunk_;
  std::function<void()> settle_;
  std::chrono::milliseconds waited_{0};
  std::string said_;
  std::string unfed_;
};

}  // namespace mailtool::serve
