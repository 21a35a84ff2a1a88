# s3://<bucket>/<prefix>/<name>/releases/<architecture>/<version>
terraform import rustlambda_release.hello s3://example-releases/hello/releases/x86_64/1.0.0
