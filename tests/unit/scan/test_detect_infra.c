#include "detect.h"

#include "scan/detectors/hcl.h"

/* ---- the language ---- */

static wr_value *hcl(wr_arena *a, const char *text)
{
    wr_value *v = NULL;
    wr_error err = { 0 };
    if (wr_hcl_parse(a, wr_slice_of(text), &v, &err) != WR_OK)
        fail_msg("%s: %s %s", text, err.what, err.where);
    return v;
}

static void the_language(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new(WR_MIB * 8);
    wr_value *v = hcl(a, "# a comment\n/* and\nanother */\nresource \"t\" \"n\" { // end\n  a = 1\n  b = \"x \\\"y\\\" ${var.z[\"k\"]} $${no}\"\n  c = [1, \"two\", true,\n    { k : \"v\", (var.w) = null }]\n"
                         "  nested { d = false }\n  nested {\n    d = \"again\"\n  }\n  e = var.x ? \"a\" : \"b\" # why\n  f = jsonencode({ Statement = [{ Action = \"s3:*\" }] })\n  g = <<-EOT\n    two\n    lines\n  EOT\n"
                         "  h = [for s in var.list : upper(s)]\n  i = \"lit\" == var.q\n  dynamic \"block\" {\n    for_each = var.y\n    content { z = block.value }\n  }\n  j = 1.5\n  k = foo(\n    bar,\n    \"baz\"\n  )\n}\nempty {}\n");
    const wr_value *body = wr_get(wr_get(wr_get(v, "resource"), "t"), "n")->u.items.first;
    int64_t n;
    assert_true(wr_get_int(body, "a", &n) && n == 1);
    assert_int_equal(wr_get(body, "a")->line, 5);
    assert_true(wr_slice_is(wr_get_string(body, "b"), "x \"y\" ${var.z[\"k\"]} $${no}"));
    assert_int_equal(wr_count_of(wr_get(body, "c")), 4);
    assert_int_equal(wr_count_of(wr_get(body, "nested")), 2);
    assert_true(wr_slice_is(wr_get_string(body, "e"), "${var.x ? \"a\" : \"b\"}"));
    assert_true(wr_slice_is(wr_get_string(wr_get(wr_get(body, "f"), "Statement")->u.items.first, "Action"), "s3:*"));
    assert_true(wr_slice_is(wr_get_string(body, "g"), "    two\n    lines\n"));
    assert_true(wr_slice_starts(wr_get_string(body, "h"), "${[for"));
    assert_true(wr_slice_is(wr_get_string(body, "i"), "${\"lit\" == var.q}"));
    assert_true(wr_slice_is(wr_get_string(body, "j"), "${1.5}"));
    assert_true(wr_slice_starts(wr_get_string(body, "k"), "${foo("));
    assert_int_equal(wr_count_of(wr_get(v, "empty")), 1);
}

static void broken_language(void **state)
{
    (void)state;
    static const char *const texts[] = { "a = ", "a = \"x", "a = \"x\ny\"", "b {", "}", "a = [1, 2", "a = {x}", "a = <<EOT\nnever", "a = \"${x\"", "a = (", "a = )", "b \"c\" = 1", "a = \"\\q\"", "1 = 2", "a = <<\n", "b c d e f {}", "/* x", "a = jsonencode(1", "a == 1" };
    WR_AUTO_ARENA a = wr_arena_new(WR_MIB * 8);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        wr_value *v = NULL;
        wr_error err = { 0 };
        if (wr_hcl_parse(a, wr_slice_of(texts[i]), &v, &err) == WR_OK && strcmp(texts[i], "/* x") != 0)
            fail_msg("read: %s", texts[i]);
    }
    static const char *const openers[] = { "a = [", "a { ", "x = jsonencode(", "y = { k = ", "z = \"${\"", "q = (" };
    for (size_t i = 0; i < sizeof openers / sizeof openers[0]; i++) {
        WR_AUTO_BUF b = wr_buf_new(WR_MIB * 4);
        for (int k = 0; k < 100000; k++)
            wr_buf_addc(&b, openers[i] + (k > 0 && openers[i][2] == '=' ? 4 : 0));
        wr_value *v = NULL;
        wr_error err = { 0 };
        assert_int_not_equal(wr_hcl_parse(a, wr_buf_slice(&b), &v, &err), WR_OK);
    }
    WR_AUTO_BUF many = wr_buf_new(WR_MIB * 4);
    for (int k = 0; k < 5000; k++)
        wr_buf_printf(&many, "a%d = 1\n", k);
    wr_value *v = NULL;
    wr_error err = { 0 };
    assert_int_equal(wr_hcl_parse(a, wr_buf_slice(&many), &v, &err), WR_OVER);
}

/* ---- Terraform ---- */

static const char bedrock[] =
    "variable \"model\" { default = \"anthropic.claude-3-haiku-20240307-v1:0\" }\n"
    "locals { environment = \"prod\" }\n"
    "resource \"aws_bedrockagent_agent\" \"desk\" {\n  agent_name = \"front-desk\"\n  foundation_model = var.model\n  instruction = \"You answer guests of a small hotel.\"\n  tags = { Environment = \"staging\" }\n}\n"
    "resource \"aws_bedrock_guardrail\" \"polite\" { name = \"polite\" }\n"
    "resource \"aws_bedrockagent_knowledge_base\" \"rules\" {\n  name = \"house-rules\"\n  knowledge_base_configuration {\n    vector_knowledge_base_configuration {\n"
    "      embedding_model_arn = \"arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan-embed-text-v2:0\"\n    }\n  }\n}\n"
    "resource \"aws_opensearchserverless_collection\" \"v\" {\n  name = \"vectors\"\n  type = \"VECTORSEARCH\"\n}\nresource \"aws_opensearchserverless_collection\" \"logs\" {\n  name = \"logs\"\n  type = \"TIMESERIES\"\n}\n"
    "data \"aws_iam_policy_document\" \"may\" {\n  statement {\n    actions = [\"bedrock:InvokeModel\", \"s3:GetObject\"]\n    resources = [\"*\"]\n  }\n  statement {\n    effect = \"Deny\"\n    actions = [\"bedrock:DeleteGuardrail\"]\n  }\n}\n"
    "resource \"aws_iam_role_policy\" \"wide\" {\n  name = \"wide\"\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"bedrock:*\", Resource = \"*\" }] })\n}\n"
    "resource \"aws_iam_policy\" \"other\" {\n  policy = <<EOT\n{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:*\"]}]}\nEOT\n}\n"
    "resource \"aws_eks_node_group\" \"gpu\" { instance_types = [\"g5.xlarge\", \"m5.large\"] }\n"
    "resource \"helm_release\" \"vectors\" {\n  chart = \"qdrant\"\n  version = \"1.2.3\"\n  repository = \"https://charts.linden.example\"\n}\n"
    "resource \"aws_ecs_task_definition\" \"t\" {\n  container_definitions = jsonencode([{ name = \"chat\", image = \"vllm/vllm-openai:latest\" }])\n}\n";

static void terraform_of_aws(void **state)
{
    (void)state;
    tree t = TREE({ "infra/main.tf", bedrock });
    const char *a = "agent:" REPO "infra/main.tf#aws_bedrockagent_agent.desk";
    assert_true(wr_slice_is(must(&t, a)->name, "front-desk"));
    related(&t, a, WR_USES, "model:aws-bedrock/anthropic.claude-3-haiku-20240307-v1:0");
    text_is(must(&t, "model:aws-bedrock/anthropic.claude-3-haiku-20240307-v1:0"), "publisher", "anthropic");
    must_not(&t, "provider:anthropic");
    related(&t, a, WR_INSTRUCTED_BY, "prompt:" REPO "infra/main.tf#aws_bedrockagent_agent.desk instruction");
    related(&t, a, WR_RUNS_IN, "environment:staging"); /* its tag goes before the file's */
    text_is(must(&t, "prompt:" REPO "infra/main.tf#aws_bedrock_guardrail.polite"), "role", "policy");
    const char *k = "retrieval:" REPO "infra/main.tf#aws_bedrockagent_knowledge_base.rules";
    related(&t, k, WR_USES, "model:aws-bedrock/amazon.titan-embed-text-v2:0");
    related(&t, k, WR_RUNS_IN, "environment:production");
    must(&t, "retrieval:" REPO "infra/main.tf#aws_opensearchserverless_collection.v");
    must_not(&t, "retrieval:" REPO "infra/main.tf#aws_opensearchserverless_collection.logs");
    const wr_asset *may = must(&t, "principal:" REPO "infra/main.tf#data.aws_iam_policy_document.may");
    assert_int_equal(wr_count_of(wr_asset_property(may, "ai_permissions")->value), 1); /* neither S3's nor what is denied */
    must_not(&t, "principal:" REPO "infra/main.tf#aws_iam_policy.other");
    const wr_finding *f = finding(&t, "ai-permission-broad");
    assert_non_null(f);
    assert_true(wr_slice_is(f->asset, "principal:" REPO "infra/main.tf#aws_iam_role_policy.wide"));
    assert_int_equal(wr_count_of(wr_asset_property(must(&t, "environment:production"), "accelerator_instances")->value), 1);
    text_is(must(&t, "endpoint:" REPO "infra/main.tf#chart.vectors"), "kind", "vector-store");
    assert_non_null(finding(&t, "image-unpinned"));
    tree_free(&t);
}

static void terraform_of_azure_and_google(void **state)
{
    (void)state;
    tree t = TREE({ "azure/main.tf", "resource \"azurerm_cognitive_account\" \"ai\" {\n  name = \"linden-ai\"\n  kind = \"OpenAI\"\n  public_network_access_enabled = false\n  local_auth_enabled = false\n}\n"
                                     "resource \"azurerm_cognitive_account\" \"faces\" {\n  name = \"faces\"\n  kind = \"Face\"\n}\n"
                                     "resource \"azurerm_cognitive_deployment\" \"chat\" {\n  name = \"chat\"\n  version_upgrade_option = \"NoAutoUpgrade\"\n  model {\n    format = \"OpenAI\"\n    name = \"gpt-4o\"\n    version = \"2024-08-06\"\n  }\n}\n"
                                     "resource \"azurerm_container_app\" \"web\" {\n  template {\n    container {\n      env {\n        name = \"CHAT_MODEL\"\n        value = \"gpt-4o-mini\"\n      }\n    }\n  }\n}\n"
                                     "resource \"azurerm_role_assignment\" \"r\" { role_definition_name = \"Cognitive Services OpenAI User\" }\nresource \"azurerm_role_assignment\" \"s\" { role_definition_name = \"Reader\" }\n" },
                  { "prod/google/main.tf", "resource \"google_project_service\" \"ai\" { service = \"aiplatform.googleapis.com\" }\nresource \"google_container_node_pool\" \"g\" {\n  name = \"gpus\"\n  node_config {\n    machine_type = \"n1-standard-8\"\n"
                                      "    guest_accelerator {\n      type = \"nvidia-tesla-t4\"\n      count = 1\n    }\n  }\n}\nresource \"google_workbench_instance\" \"n\" { name = \"lab\" }\n" },
                  { "lab/pool.tf", "resource \"google_compute_instance\" \"x\" {\n  name = \"box\"\n  machine_type = \"a2-highgpu-1g\"\n}\n" },
                  { "app/x.tf.json", "{\"resource\":{\"aws_sagemaker_endpoint\":{\"e\":{\"name\":\"risk\"}}},\"terraform\":[{\"required_providers\":[{\"p\":{\"source\":\"pinecone-io/pinecone\"}}]}]}" },
                  { "app/live.tfvars", "environment = \"production\"\n" });
    const wr_asset *account = must(&t, "endpoint:" REPO "azure/main.tf#azurerm_cognitive_account.ai");
    text_is(account, "address", "private");
    text_is(account, "auth", "token");
    must_not(&t, "endpoint:" REPO "azure/main.tf#azurerm_cognitive_account.faces");
    const wr_asset *m = must(&t, "model:azure-openai/gpt-4o");
    text_is(m, "version", "2024-08-06");
    assert_true(bool_of(m, "pinned"));
    must(&t, "principal:" REPO "azure/main.tf#azurerm_role_assignment.r");
    must_not(&t, "principal:" REPO "azure/main.tf#azurerm_role_assignment.s");
    must(&t, "model:azure-openai/gpt-4o-mini"); /* among Azure's resources it is Azure's */
    must_not(&t, "model:openai/gpt-4o-mini");
    must_not(&t, "provider:openai");
    must(&t, "provider:google-vertex");
    assert_non_null(wr_asset_property(must(&t, "environment:production"), "accelerator_instances"));
    text_is(must(&t, "endpoint:" REPO "prod/google/main.tf#google_workbench_instance.n"), "kind", "notebook");
    must(&t, "environment:" REPO "lab/pool.tf#google_compute_instance.x");
    related(&t, "endpoint:" REPO "app/x.tf.json#aws_sagemaker_endpoint.e", WR_PROVIDED_BY, "provider:aws-sagemaker");
    must(&t, "provider:pinecone");
    tree_free(&t);
}

static void no_ai_in_terraform(void **state)
{
    (void)state;
    tree t = TREE({ "main.tf", "resource \"aws_instance\" \"web\" {\n  instance_type = \"t3.micro\"\n  ami = \"ami-1\"\n}\nresource \"aws_s3_bucket\" \"b\" {}\nresource \"aws_ecs_task_definition\" \"t\" { container_definitions = jsonencode([{ image = \"nginx:1.25\" }]) }\n" },
                  { "modules/examples/x.tf", bedrock });
    assert_int_equal(wr_estate_asset_count(t.estate), 0);
    tree_free(&t);
    tree u = tree_new();
    tree_look(&u, "broken.tf", WR_SLICE("resource \"x\" {\n"));
    tree_conclude(&u);
    assert_int_equal(wr_estate_unread_count(u.estate), 1);
    tree_free(&u);
}

/* ---- CloudFormation ---- */

static void templates_of_cloudformation(void **state)
{
    (void)state;
    tree t = TREE({ "cfn/prod/app.yaml", "AWSTemplateFormatVersion: '2010-09-09'\nParameters:\n  ModelId: {Type: String, Default: us.meta.llama3-3-70b-instruct-v1:0}\nResources:\n  Desk:\n    Type: AWS::Bedrock::Agent\n    Properties:\n      AgentName: !Sub '${AWS::StackName}-desk'\n"
                                         "      FoundationModel: {Ref: ModelId}\n      Instruction: You answer guests of a small hotel.\n  Gate:\n    Type: AWS::Bedrock::Guardrail\n    Properties: {Name: gate}\n"
                                         "  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n      FunctionName: caller\n      Policies:\n      - Statement:\n        - Effect: Allow\n          Action: [bedrock:InvokeModel]\n          Resource: !GetAtt Desk.Arn\n" },
                  { "cdk.out/app.template.json", "{\"Resources\":{\"E\":{\"Type\":\"AWS::SageMaker::Endpoint\",\"Properties\":{\"EndpointName\":\"risk\"}},\"B\":{\"Type\":\"AWS::S3::Bucket\"},\"P\":{\"Type\":\"AWS::IAM::Policy\",\"Properties\":{\"PolicyName\":\"p\",\"PolicyDocument\":{\"Statement\":[{\"Action\":\"sagemaker:*\",\"Effect\":\"Allow\",\"Resource\":\"*\"}]}}}}}" },
                  { "notes.yaml", "Resources: [AWS::Bedrock::Agent]\n" });
    const char *a = "agent:" REPO "cfn/prod/app.yaml#AWS::Bedrock::Agent.Desk";
    related(&t, a, WR_USES, "model:aws-bedrock/us.meta.llama3-3-70b-instruct-v1:0");
    related(&t, a, WR_RUNS_IN, "environment:production");
    must(&t, "prompt:" REPO "cfn/prod/app.yaml#AWS::Bedrock::Guardrail.Gate");
    must(&t, "principal:" REPO "cfn/prod/app.yaml#AWS::Serverless::Function.Fn");
    assert_true(wr_slice_is(must(&t, "endpoint:" REPO "cdk.out/app.template.json#AWS::SageMaker::Endpoint.E")->name, "risk"));
    assert_non_null(finding(&t, "ai-permission-broad"));
    assert_int_equal(count_kind(&t, WR_AGENT), 1);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_language), cmocka_unit_test(broken_language), cmocka_unit_test(terraform_of_aws), cmocka_unit_test(terraform_of_azure_and_google),
                                        cmocka_unit_test(no_ai_in_terraform), cmocka_unit_test(templates_of_cloudformation) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
