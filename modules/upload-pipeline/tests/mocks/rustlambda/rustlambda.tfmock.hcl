mock_resource "rustlambda_package" {
  defaults = { runtime = "provided.al2023" }
}
mock_data "rustlambda_release" {
  defaults = { runtime = "provided.al2023", build = "1.4.2+0123456789ab", s3_key = "release.zip" }
}
