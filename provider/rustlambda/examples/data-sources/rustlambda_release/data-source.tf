# The newest 1.x, in another repository. Needs no Rust toolchain.
data "rustlambda_release" "hello" {
  name               = "hello"
  version_constraint = "~> 1.0"
  store              = { bucket = "example-releases" }
}

resource "aws_lambda_function" "hello" {
  function_name     = "hello-released"
  role              = aws_iam_role.hello.arn
  architectures     = [data.rustlambda_release.hello.architecture]
  runtime           = data.rustlambda_release.hello.runtime
  handler           = data.rustlambda_release.hello.handler
  s3_bucket         = data.rustlambda_release.hello.s3_bucket
  s3_key            = data.rustlambda_release.hello.s3_key
  s3_object_version = data.rustlambda_release.hello.s3_object_version
  source_code_hash  = data.rustlambda_release.hello.source_code_hash
}

resource "aws_iam_role" "hello" {
  name = "hello-released"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}
