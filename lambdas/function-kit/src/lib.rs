//! What HTTP functions on AWS Lambda share, whatever they are about: problems (RFC 9457), the
//! caller's claims, telemetry and configuration. Knows no application and no AWS SDK.
